const MOST = 80;

/** A name that a file gives, as it may stand in a message: quoted, and never long. */
export function printable(name: string): string {
  return JSON.stringify(name.length > MOST ? `${name.slice(0, MOST)}…` : name);
}

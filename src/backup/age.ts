const UNITS = [
  ['y', 365 * 86_400],
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
] as const;

/** `3 d`, `5 min`, `now`; what lies in the future says so. */
export function age(ms: number, nowMs: number): string {
  const seconds = Math.floor((nowMs - ms) / 1000);
  if (seconds < 0) return 'future';
  const unit = UNITS.find(([, size]) => seconds >= size);
  return unit === undefined ? 'now' : `${Math.floor(seconds / unit[1])} ${unit[0]}`;
}

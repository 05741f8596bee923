import type { CodeUnit } from '../../model/code-unit.ts';
import type { Session } from '../session.ts';
import { truncate, visible } from './text.ts';

/** Code units, two or three lines each: where and what, the signature, the beginning of the doc. */
export function codeTable(units: readonly CodeUnit[], session: Session): readonly string[] {
  return units.flatMap(unit => {
    const place = visible(`${unit.filePath}:${unit.startLine}`);
    const kind = session.paintOut('dim', visible(`${unit.unitType} · ${unit.projectName}`));
    const head = `${session.paintOut('cyan', place)}  ${session.paintOut('bold', visible(unit.name))}  ${kind}`;
    return [head, ...snippet(unit).map(line => `    ${truncate(line, Math.max(20, session.width - 4))}`)];
  });
}

/** What the unit is and says of itself; for a unit without a signature the first lines that say something. */
function snippet({ signature, doc, content }: CodeUnit): readonly string[] {
  const lines = [signature, firstLine(doc ?? '')].filter(line => line !== null && line !== '');
  return lines.length > 0 ? lines.filter(line => line !== null) : [firstLine(content)];
}

function firstLine(text: string): string {
  return text.split('\n').find(line => /[\p{L}\p{N}]/u.test(line)) ?? '';
}

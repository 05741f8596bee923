import { z } from 'zod';
import type { Stage } from './stage.ts';

/** Of a home of the demo. */
export async function count(stage: Stage, home: string): Promise<number> {
  const { stdout } = await stage.type(home, ['status', '--json'], 'nothing');
  return z.object({ memories: z.number() }).parse(JSON.parse(stdout)).memories;
}

/** Of a home of the demo. */
export async function digest(stage: Stage, home: string): Promise<string> {
  const { stdout } = await stage.type(home, ['status', '--digest', '--json'], 'nothing');
  return z.object({ content_digest: z.string() }).parse(JSON.parse(stdout)).content_digest;
}

import { describe, expect, test } from 'vitest';
import { scratch } from '../support/cli.ts';
import { connectHere } from '../support/mcp.ts';

/**
 * The frozen face of the server: what models and clients go by. A tool or an argument may be added, and then the file is
 * written anew (vitest -u) and read line by line; none is renamed and none changes its meaning.
 */
test('[P5-06] tools/list is as it was', async () => {
  const { client } = await connectHere(scratch());
  const { tools } = await client.listTools();
  await expect(`${JSON.stringify(tools, null, 2)}\n`).toMatchFileSnapshot('../fixtures/mcp/tools-list.json');
});

describe('every tool', () => {
  test('is told to a model that has never seen it, and says truly what it does', async () => {
    const { client } = await connectHere(scratch());
    for (const { name, title, description = '', annotations, inputSchema, outputSchema } of (
      await client.listTools()
    ).tools) {
      expect(name).toMatch(/^[a-z]+(_[a-z]+)+$/);
      expect(title).toMatch(/^[A-Z]/);
      expect(description.length).toBeGreaterThan(100);
      expect(inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
      expect(outputSchema).toMatchObject({ type: 'object' });
      const reads = /^(get|list|search)_|_status$/.test(name);
      const destroys = !reads && !/^(store|export|create|verify)_/.test(name);
      expect({ name, annotations }).toMatchObject({
        name,
        annotations: { title, readOnlyHint: reads, destructiveHint: destroys, openWorldHint: false },
      });
    }
  });
});

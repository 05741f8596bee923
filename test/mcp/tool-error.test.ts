import { describe, expect, test } from 'vitest';
import { MemportError } from '../../src/errors.ts';
import { errorAnswer } from '../../src/mcp/tool-error.ts';

const textOf = (...args: Parameters<typeof errorAnswer>): string => {
  const [first] = errorAnswer(...args).content;
  return first?.type === 'text' ? first.text : '';
};

describe('an error as a model sees it', () => {
  test('has the code, what happened and the next step, also for programs', () => {
    const error = new MemportError('usage', 'the id is wrong', { hint: 'give more characters of the id' });
    expect(errorAnswer(error)).toEqual({
      isError: true,
      content: [{ type: 'text', text: 'usage: the id is wrong\nNext: give more characters of the id' }],
      _meta: {
        'memport/error': {
          code: 'usage',
          exit_code: 2,
          message: 'the id is wrong',
          hint: 'give more characters of the id',
        },
      },
    });
  });

  test.each(['memport list shows the ids', 'to restore all the same: --force', 'use memport undo'])(
    'never names a command of the command line: %s',
    hint => {
      const error = new MemportError('not_found', 'gone', { hint });
      expect(textOf(error)).toBe(
        'not_found: gone\nNext: Call list_memories or search_memories to see what there is.',
      );
      expect(textOf(error, { not_found: 'Look elsewhere.' })).toBe('not_found: gone\nNext: Look elsewhere.');
    },
  );

  test('but for the one that a user has to type', () => {
    const hint = 'The user can allow another folder: memport config set mcp_allowed_paths <folder>';
    expect(textOf(new MemportError('usage', 'outside', { hint }))).toContain('mcp_allowed_paths');
  });

  test('is one of ours, whatever was thrown', () => {
    expect(textOf(new Error('it broke'))).toMatch(/^failed: it broke\nNext: /);
    expect(textOf('odd')).toMatch(/^failed: odd\nNext: /);
    const full = Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' });
    expect(textOf(full)).toMatch(/^no_space: .*\nNext: .*room/);
  });
});

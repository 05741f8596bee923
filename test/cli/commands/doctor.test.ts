import { chmodSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { memport, ok, scratch } from '../../support/cli.ts';

type Told = Readonly<Record<string, unknown>>;

async function doctor(
  home: string,
  ...args: string[]
): Promise<{ code: number; told: Told[]; summary: Told }> {
  const { code, stdout } = await memport(['doctor', '--json', ...args], { home });
  const lines = stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Told);
  return { code, told: lines.slice(0, -1), summary: lines.at(-1) ?? {} };
}

const of = (told: readonly Told[], area: string): readonly Told[] =>
  told.filter(finding => finding.area === area);

/** A home with a memory and a backup, with nothing to complain of but that backups are not automatic. */
async function wellHome(): Promise<string> {
  const home = join(scratch(), 'home');
  await ok(['add', 'Prices are in cents.'], { home });
  await ok(['backup', 'create'], { home });
  return home;
}

function change(home: string, sql: string): void {
  const db = new Database(join(home, 'memport.db'));
  db.exec(sql);
  db.close();
}

describe('doctor', () => {
  test('says what is well, and what could be better', async () => {
    const home = await wellHome();
    const { code, told, summary } = await doctor(home);
    expect(code).toBe(0);
    expect(of(told, 'store')).toEqual([
      {
        message_type: 'finding',
        area: 'store',
        level: 'ok',
        message: 'every page, record and index is as it should be: 1 memories, 0 code units',
        hint: null,
        fixed: null,
        failure: null,
      },
    ]);
    expect(told.filter(finding => finding.level !== 'ok').map(finding => finding.message)).toEqual([
      'automatic backups are off',
    ]);
    expect(summary).toEqual({ message_type: 'summary', damage: 0, errors: 0, warnings: 1, fixed: 0 });
    const text = await ok(['doctor'], { home });
    expect(text).toMatch(/^ok +store +every page/);
    expect(text).toContain('warning  schedule     automatic backups are off');
  });

  test('a home without anything is no failure', async () => {
    const { code, told } = await doctor(join(scratch(), 'home'));
    expect(code).toBe(0);
    expect(told.map(finding => finding.message)).toContain(
      'there is no verified backup: memport backup create',
    );
  });

  test('an index that is not as the records are is found, and made anew with --fix', async () => {
    const home = await wellHome();
    change(home, "DELETE FROM memory_text WHERE rowid = 1; UPDATE memories SET category = 'event'");
    const found = await doctor(home);
    expect(found.code).toBe(1);
    expect(of(found.told, 'store').map(finding => [finding.level, finding.fixed])).toEqual([
      ['error', false],
      ['error', false],
    ]);
    const mended = await doctor(home, '--fix');
    expect(mended.code).toBe(0);
    expect(mended.summary).toMatchObject({ errors: 0, fixed: 2 });
    expect((await doctor(home)).summary).toMatchObject({ errors: 0, damage: 0 });
    expect(await ok(['search', 'cents'], { home })).toContain('Prices are in cents.');
  });

  test('a record that cannot be read is damage: exit code 20, and --fix leaves it alone', async () => {
    const home = await wellHome();
    change(home, "UPDATE memories SET record = '{'");
    const { code, told } = await doctor(home, '--fix');
    expect(code).toBe(20);
    expect(of(told, 'store')[0]).toMatchObject({
      level: 'damage',
      hint: 'memport restore latest',
      fixed: null,
    });
  });

  test('one of a later memport, many faults, and memories that are not found by vector', async () => {
    const home = await wellHome();
    for (let n = 0; n < 12; n += 1)
      await ok(['add', `Memory ${n}`], { home, env: { MEMPORT_EMBEDDING_PROVIDER: 'none' } });
    await ok(['add', 'Of another model.'], { home });
    change(home, "UPDATE memories SET category = 'event'");
    const messages = of((await doctor(home)).told, 'store').map(finding => String(finding.message));
    expect(messages).toContain('and 4 faults more');
    expect(messages).toContain("12 memories can't be found by vector");
    change(home, 'PRAGMA user_version = 99');
    const later = await doctor(home);
    expect([later.code, of(later.told, 'store')[0]?.level]).toEqual([1, 'error']);
  });

  test('vectors of another model are told', async () => {
    const home = scratch();
    await ok(['import', new URL('../../fixtures/claude-memory-server/full.json', import.meta.url).pathname], {
      home,
    });
    expect(of((await doctor(home)).told, 'store').map(finding => finding.message)).toContain(
      '28 vectors are of another model',
    );
  });

  test('a store that is no database any more', async () => {
    const home = await wellHome();
    writeFileSync(join(home, 'memport.db'), 'This is no database. '.repeat(1000));
    const { code, told } = await doctor(home);
    expect(code).toBe(20);
    expect(of(told, 'store')[0]).toMatchObject({ level: 'damage' });
    expect(of(told, 'backups').some(finding => finding.level === 'ok')).toBe(true);
  });

  test.skipIf(process.platform === 'win32')(
    'what others can get at is closed to them with --fix',
    async () => {
      const home = await wellHome();
      chmodSync(home, 0o755);
      chmodSync(join(home, 'memport.db'), 0o644);
      const { told } = await doctor(home);
      expect(of(told, 'permissions').map(finding => finding.hint)).toEqual([
        `chmod 700 ${home}`,
        `chmod 600 ${join(home, 'memport.db')}`,
      ]);
      expect((await doctor(home, '--fix')).summary).toMatchObject({ fixed: 2 });
      expect([home, join(home, 'memport.db')].map(path => statSync(path).mode & 0o777)).toEqual([
        0o700, 0o600,
      ]);
      expect(of((await doctor(home)).told, 'permissions')).toMatchObject([{ level: 'ok' }]);
    },
  );

  test('settings that are wrong or unknown', async () => {
    const home = await wellHome();
    writeFileSync(join(home, 'memport.json'), '{"later": 1}', { mode: 0o600 });
    expect(of((await doctor(home)).told, 'settings')).toMatchObject([
      { level: 'warning', message: expect.stringContaining('"later"') },
    ]);
    writeFileSync(join(home, 'memport.json'), '{"backup_schedule": "9:30"}');
    const { code, told } = await doctor(home);
    expect(code).toBe(1);
    expect(of(told, 'settings')).toMatchObject([
      { level: 'error', message: expect.stringContaining('9:30') },
    ]);
  });

  test.each(['Dropbox', 'OneDrive', 'com~apple~CloudDocs'])('a store in %s is warned of', async name => {
    const home = join(scratch(), name, 'home');
    mkdirSync(home, { recursive: true });
    await ok(['add', 'x'], { home });
    expect(of((await doctor(home)).told, 'disk')[0]).toMatchObject({
      level: 'warning',
      message: expect.stringContaining('a folder that a sync program copies'),
    });
  });

  test('one that Syncthing keeps is known by its mark', async () => {
    const folder = scratch();
    mkdirSync(join(folder, '.stfolder'));
    const home = join(folder, 'home');
    await ok(['add', 'x'], { home });
    expect(of((await doctor(home)).told, 'disk')[0]).toMatchObject({ level: 'warning' });
  });

  test('what killed processes left is removed with --fix, other files never', async () => {
    const home = await wellHome();
    const left = join(home, '.memport-00000000-0000-4000-8000-000000000000.tmp');
    for (const path of [left, join(home, 'mine.tmp')]) {
      writeFileSync(path, 'x', { mode: 0o600 });
      utimesSync(path, 1, 1);
    }
    await doctor(home);
    expect(readdirSync(home)).toContain('.memport-00000000-0000-4000-8000-000000000000.tmp');
    await doctor(home, '--fix');
    expect(readdirSync(home).filter(name => name.endsWith('.tmp'))).toEqual(['mine.tmp']);
  });

  test('a damaged backup and a failed run are told', async () => {
    const home = await wellHome();
    const [name = ''] = readdirSync(join(home, 'backups')).filter(file => file.endsWith('.tar.gz'));
    writeFileSync(join(home, 'backups', name), 'x');
    const run = {
      slot: '2026-05-31T02:00:00.000Z',
      slots: 1,
      started_at: '2026-05-31T02:00:00.000Z',
      finished_at: '2026-05-31T02:00:00.000Z',
      result: 'failed',
      attempts: 4,
      backup: null,
      error: 'no space left',
    };
    writeFileSync(join(home, 'state.json'), JSON.stringify({ settled: run.slot, retry: null, runs: [run] }), {
      mode: 0o600,
    });
    const messages = of((await doctor(home)).told, 'backups').map(finding => String(finding.message));
    expect(messages.join('\n')).toMatch(
      /is damaged: it has 1 bytes[\s\S]*failed \(2026-05-31.*no space left[\s\S]*no verified backup/,
    );
  });
});

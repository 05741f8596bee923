import { describe, expect, test } from 'vitest';
import { document } from '../support/documents.ts';

const MANIFEST = JSON.parse(document('package.json')) as { version: string };

describe('[P8-01] the changelog', () => {
  const changelog = document('CHANGELOG.md');
  const sections = [...changelog.matchAll(/^## (.*)$/gm)].map(match => match[1] ?? '');

  test('is in the form of Keep a Changelog', () => {
    expect(changelog).toMatch(/^# Changelog\n/);
    expect(changelog).toContain('(https://keepachangelog.com/en/1.1.0/)');
    expect(sections[0]).toBe('[Unreleased]');
    const released = sections.slice(1);
    expect(released.length).toBeGreaterThan(0);
    for (const section of released) expect(section).toMatch(/^\[\d+\.\d+\.\d+\] - \d{4}-\d{2}-\d{2}$/);
    const dates = released.map(section => section.slice(-10));
    expect(dates).toEqual(dates.toSorted().reverse());
    for (const [, kind] of changelog.matchAll(/^### (.*)$/gm))
      expect(kind).toMatch(/^(Added|Changed|Deprecated|Removed|Fixed|Security)$/);
  });

  test('tells what is in the version of the package', () => {
    const start = changelog.indexOf(`\n## [${MANIFEST.version}] - `);
    expect(start).toBeGreaterThan(0);
    const [, ...lines] = changelog.slice(start + 1).split('\n');
    const end = lines.findIndex(line => line.startsWith('## '));
    const section = lines.slice(0, end < 0 ? undefined : end);
    expect(section.filter(line => line.startsWith('- ')).length).toBeGreaterThan(0);
  });
});

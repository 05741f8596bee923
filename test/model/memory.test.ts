import { describe, expect, it } from 'vitest';
import {
  CATEGORIES,
  CONTEXT_LEVELS,
  defaultContextLevel,
  LIFECYCLE_STATES,
  MEMORY_FIELDS,
  memoryLine,
  memoryRecord,
  PROVENANCE_SOURCES,
  SCOPES,
} from '../../src/model/memory.ts';
import { sampleMemory } from './samples.ts';

describe('memory', () => {
  it('has the values of the original system', () => {
    expect(CATEGORIES).toEqual(['preference', 'fact', 'event', 'workflow', 'context', 'code']);
    expect(CONTEXT_LEVELS).toEqual(['USER_PREFERENCE', 'PROJECT_CONTEXT', 'SESSION_STATE']);
    expect(SCOPES).toEqual(['global', 'project']);
    expect(LIFECYCLE_STATES).toEqual(['ACTIVE', 'RECENT', 'ARCHIVED', 'STALE']);
    expect(PROVENANCE_SOURCES).toHaveLength(7);
  });

  it('gets its level from its category', () => {
    expect(CATEGORIES.map(defaultContextLevel)).toEqual([
      'USER_PREFERENCE',
      ...Array(5).fill('PROJECT_CONTEXT'),
    ]);
  });

  // Frozen: stores, archives and digests of users hold lines of this form.
  it('has this line', () => {
    expect(memoryLine(sampleMemory({ extra: { zeta: 1, alpha: 2 } }))).toBe(
      '{"alpha":2,"category":"fact","content":"Deploys run on Fridays","context_level":"PROJECT_CONTEXT",' +
        '"created_at":"2025-11-17T10:30:00.123456Z","embedding_model":"memport-hash-384-v1",' +
        '"id":"0198c0de-0000-7000-8000-000000000001","importance":0.75,"last_accessed":"2025-11-17T10:30:02.123456Z",' +
        '"lifecycle_state":"ACTIVE","metadata":{"nested":{"list":[1,null,true]},"ticket":42},"project_name":"web-shop",' +
        '"provenance":{"confidence":0.9,"conversation_id":"conversation-1","created_by":"ada","file_context":["src/deploy.ts"],' +
        '"last_confirmed":"2025-11-17T10:30:00.123461Z","notes":"said twice","source":"user_explicit","verified":true},' +
        '"scope":"project","tags":["Deploy","ci"],"updated_at":"2025-11-17T10:30:01.123456Z","zeta":1}',
    );
  });

  it('names its own members, but for the vector, in its record', () => {
    const named = new Set([...Object.keys(memoryRecord(sampleMemory())), 'embedding']);
    expect(named).toEqual(MEMORY_FIELDS);
  });

  it('lets no extra member shadow a field', () => {
    const record = memoryRecord(sampleMemory({ extra: { content: 'forged' } }));
    expect(record.content).toBe('Deploys run on Fridays');
  });
});

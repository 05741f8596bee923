import { describe, expect, test } from 'vitest';
import { endpointOf, keyFor } from '../../../src/embedding/http/endpoint.ts';

test.each([
  ['http://localhost:11434', 'http://localhost:11434/v1/embeddings'],
  ['http://localhost:11434/', 'http://localhost:11434/v1/embeddings'],
  [' https://api.openai.com/v1/ ', 'https://api.openai.com/v1/embeddings'],
  ['https://gateway.example/team/v1', 'https://gateway.example/team/v1/embeddings'],
  ['https://gateway.example/team/v1/embeddings', 'https://gateway.example/team/v1/embeddings'],
])('%s is asked at %s', (base, endpoint) => {
  expect(endpointOf(base).href).toBe(endpoint);
});

test.each([
  '',
  'localhost:11434',
  'file:///etc/passwd',
  'https://me:s3cret@host/v1',
  'https://host/v1?api-key=s3cret',
  'https://host/#s3cret',
])('%j is refused and not shown', base => {
  const refused = () => endpointOf(base);
  expect(refused).toThrow(/embedding_url/);
  expect(refused).not.toThrow(/s3cret|passwd/);
});

describe('the key', () => {
  const key = (base: string, env: Record<string, string>) => keyFor(endpointOf(base), env);
  const both = { MEMPORT_EMBEDDING_API_KEY: ' own ', OPENAI_API_KEY: 'open' };

  test('is memport’s own, for any server', () => {
    expect(key('http://localhost:1', both)).toBe('own');
    expect(key('https://api.openai.com', both)).toBe('own');
    expect(key('http://localhost:1', {})).toBeNull();
    expect(key('http://localhost:1', { MEMPORT_EMBEDDING_API_KEY: '' })).toBeNull();
  });

  test('of OpenAI goes to OpenAI alone', () => {
    const open = { OPENAI_API_KEY: 'open' };
    expect(key('https://api.openai.com/v1', open)).toBe('open');
    expect(key('https://eu.api.openai.com/v1', open)).toBe('open');
    for (const other of [
      'http://api.openai.com',
      'https://openai.com.evil.example',
      'https://notopenai.com',
      'http://localhost:1',
    ])
      expect(key(other, open)).toBeNull();
  });

  test.each(['two words', 'line\nbreak', 'smart’quote'])('%j can’t be one, and is not shown', wrong => {
    const refused = () => key('http://localhost:1', { MEMPORT_EMBEDDING_API_KEY: wrong });
    expect(refused).toThrow(/MEMPORT_EMBEDDING_API_KEY can't be a key/);
    expect(refused).not.toThrow(new RegExp(wrong));
  });
});

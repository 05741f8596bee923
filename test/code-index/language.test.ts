import { expect, it } from 'vitest';
import { languageOf } from '../../src/code-index/language.ts';

it.each([
  ['a.ts', '', 'typescript'],
  ['a.d.mts', '', 'typescript'],
  ['A.TSX', '', 'tsx'],
  ['a.jsx', '', 'javascript'],
  ['a.pyi', '', 'python'],
  ['a.h', '', 'c'],
  ['a.hpp', '', 'cpp'],
  ['Rakefile', '', 'ruby'],
  ['Makefile', '', 'make'],
  ['.bashrc', '', 'bash'],
  ['README.MD', '', 'markdown'],
  ['LICENSE', '', 'text'],
  ['a.unknown', '', 'text'],
  ['run', '#!/bin/sh', 'bash'],
  ['run', '#!/usr/bin/env python3.12', 'python'],
  ['run', '#!/usr/bin/env -S NODE_OPTIONS=x node --flag', 'javascript'],
  ['run', '#! /usr/bin/ruby -w', 'ruby'],
  ['run', '#!/usr/bin/awk -f', 'text'],
  ['run', '#!', 'text'],
  ['run', '#!/usr/bin/env', 'text'],
  ['run.py', '#!/bin/sh', 'python'],
])('%s that begins with %j is %s', (name, firstLine, language) => {
  expect(languageOf(name, firstLine).name).toBe(language);
});

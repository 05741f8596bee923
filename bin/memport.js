#!/usr/bin/env node
// Kept in syntax that every Node can parse, so that an old one gets one clear line instead of a stack trace.
var major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  process.stderr.write(
    'memport: needs Node 24 or newer, this is ' +
      process.version +
      '. Install a newer Node from https://nodejs.org\n',
  );
  process.exitCode = 1;
} else {
  import('../dist/cli/main.js').then(cli => cli.main());
}

#!/usr/bin/env node
// The `atlas` command in a checkout: brings dist/ up to date, then runs it.
const here = process.cwd();
await import('../../../infra/build/ensure.mjs');
process.chdir(here);
await import('../../../dist/atlas.mjs');

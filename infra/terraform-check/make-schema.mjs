// Writes google-schema.json anew: the schemas of exactly those resources that infra/terraform uses, derived from the npm
// package @cdktf/provider-google (MPL-2.0), which is fetched into a temporary folder. Needs a network; nothing else here does.
// Run it after a new kind of resource has come in: node infra/terraform-check/make-schema.mjs [folder of the unpacked package]
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBindings } from './read-bindings.mjs';

const here = dirname(fileURLToPath(import.meta.url));
/** The last release of the package; it describes hashicorp/google 6.50.0. */
const bindings = '@cdktf/provider-google@16.12.1';

function fetchBindings(folder) {
  const file = execFileSync('npm', ['pack', bindings, '--silent', '--pack-destination', folder]).toString().trim();
  execFileSync('tar', ['xzf', join(folder, file), '-C', folder]);
  return join(folder, 'package');
}

/** Kinds of resources and data sources in all .tf files. */
function kindsUsed() {
  const root = join(here, '..', 'terraform');
  const kinds = { resource: new Set(), data: new Set() };
  for (const file of readdirSync(root, { recursive: true }).filter((name) => name.endsWith('.tf'))) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const [, keyword, kind] of text.matchAll(/^\s*(resource|data) "(google_\w+)"/gm)) kinds[keyword].add(kind);
  }
  return kinds;
}

const folderOf = (kind) => kind.replace(/^google_/, '').replaceAll('_', '-');

function schemasOf(kinds, folder) {
  const sorted = [...kinds].sort();
  return Object.fromEntries(sorted.map((kind) => [kind, readBindings(folder(kind)).schema]));
}

const temporary = mkdtempSync(join(tmpdir(), 'atlas-schema-'));
try {
  const lib = join(process.argv[2] ?? fetchBindings(temporary), 'lib');
  const used = kindsUsed();
  const schema = {
    notice: `Derived from ${bindings} (hashicorp/google 6.50.0), Copyright (c) HashiCorp, Inc., MPL-2.0. See NOTICE.`,
    version: '6.50.0',
    provider: readBindings(join(lib, 'provider')).schema,
    resources: schemasOf(used.resource, (kind) => join(lib, folderOf(kind))),
    data: schemasOf(used.data, (kind) => join(lib, `data-google-${folderOf(kind)}`)),
  };
  const lines = JSON.stringify(schema).replaceAll(/"google_\w+":\{"attributes"/g, '\n$&');
  writeFileSync(join(here, 'google-schema.json'), `${lines}\n`);
  console.log(`${Object.keys(schema.resources).length} resources, ${Object.keys(schema.data).length} data sources`);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}

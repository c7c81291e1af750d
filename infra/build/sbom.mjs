// Writes a bill of materials of everything in package-lock.json: CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/
// Usage: node infra/build/sbom.mjs [file]. The same lock file gives the same bytes: no time, no random number.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const nameOf = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Package URL, https://github.com/package-url/purl-spec; the @ of a scope is written as %40. */
const purlOf = (name, version) => `pkg:npm/${name.replace(/^@/, '%40')}@${encodeURIComponent(version)}`;

const algorithms = { sha512: 'SHA-512', sha384: 'SHA-384', sha256: 'SHA-256', sha1: 'SHA-1' };

/** Subresource integrity, such as sha512-<base64>, as CycloneDX hashes. */
const hashesOf = (integrity = '') =>
  integrity
    .split(' ')
    .map((part) => /^(sha\d+)-(.+)$/.exec(part))
    .filter((match) => match && algorithms[match[1]])
    .map(([, algorithm, text]) => ({
      alg: algorithms[algorithm],
      content: Buffer.from(text, 'base64').toString('hex'),
    }));

/** A licence of the lock file: an SPDX id, or an expression of several. */
const licensesOf = (license) => {
  if (typeof license !== 'string') return {};
  if (/^[A-Za-z0-9.+-]+$/.test(license)) {
    const isName = license.startsWith('SEE') || license === 'UNLICENSED';
    return { licenses: [{ license: isName ? { name: license } : { id: license } }] };
  }
  return { licenses: /^SEE /.test(license) ? [{ license: { name: license } }] : [{ expression: license }] };
};

const scopeOf = ({ dev, optional, devOptional }) => {
  if (dev || devOptional) return 'excluded';
  return optional ? 'optional' : 'required';
};

const componentOf = ([path, entry]) => {
  const full = entry.name ?? nameOf(path);
  const [, group, name] = /^(@[^/]+)\/(.+)$/.exec(full) ?? [undefined, undefined, full];
  return {
    type: 'library',
    'bom-ref': path,
    ...(group ? { group } : {}),
    name,
    version: entry.version,
    scope: scopeOf(entry),
    ...licensesOf(entry.license),
    purl: purlOf(full, entry.version),
    ...(entry.integrity ? { hashes: hashesOf(entry.integrity) } : {}),
    ...(entry.resolved?.startsWith('https:')
      ? { externalReferences: [{ type: 'distribution', url: entry.resolved }] }
      : {}),
  };
};

/** Where Node finds a package that is asked for from `path`: in the nearest node_modules upwards. */
const resolveFrom = (packages, path, name) => {
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    if (packages[`${at}/node_modules/${name}`]) return `${at}/node_modules/${name}`;
  }
  return packages[`node_modules/${name}`] ? `node_modules/${name}` : undefined;
};

const dependsOn = (packages, path, entry) => {
  const wanted = {
    ...entry.dependencies,
    ...entry.optionalDependencies,
    ...(path === '' ? entry.devDependencies : {}),
  };
  const found = Object.keys(wanted).map((name) => resolveFrom(packages, path, name));
  return [...new Set(found.filter(Boolean))].sort();
};

/** The bill of materials of a lock file’s text. */
const sbomOf = (text) => {
  const { name, version, packages } = JSON.parse(text);
  const entries = Object.entries(packages).filter(([path, { link }]) => path !== '' && !link);
  const digest = createHash('sha256').update(text).digest('hex');
  const uuid = `${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
  const root = `${name}@${version}`;
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuid}`,
    version: 1,
    metadata: {
      tools: { components: [{ type: 'application', name: 'atlas-sbom', version }] },
      component: { type: 'application', 'bom-ref': root, name, version, ...licensesOf(packages[''].license) },
    },
    components: entries.map(componentOf),
    dependencies: [
      { ref: root, dependsOn: dependsOn(packages, '', packages['']) },
      ...entries.map(([path, entry]) => ({ ref: path, dependsOn: dependsOn(packages, path, entry) })),
    ],
  };
};

/** Writes the bill of materials of this repository; returns how many components it has. */
export function writeSbom(out = 'dist/sbom.json') {
  const sbom = sbomOf(readFileSync('package-lock.json', 'utf8'));
  mkdirSync(dirname(out), { recursive: true });
  writeFileSync(out, `${JSON.stringify(sbom, null, 2)}\n`);
  return sbom.components.length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(`${writeSbom(process.argv[2])} components`);

import { readGlb, writeGlb } from '../../shared/core/format/gltf-io.ts';
import { packGeometry } from '../../shared/core/mesh/pack-geometry.ts';
import { surfaceOf } from '../../shared/core/mesh/surface-distance.ts';
import type { GateFile } from '../../shared/core/quality/gate-file.ts';
import { glbJson } from '../../shared/core/quality/glb-json.ts';
import { judgeFiles, verdictOf } from '../../shared/core/quality/judge-files.ts';
import { measureAsset } from '../../shared/core/quality/measure-asset.ts';
import { mergeValidations, type Validation, validateGlb } from '../../shared/core/quality/validate-glb.ts';
import { AtlasError, toAtlasError } from '../../shared/errors.ts';
import { sha256Hex } from '../../shared/ids.ts';
import type { Finding, GateReport, Profile } from '../../shared/schema/index.ts';

const compressions = new Set(['KHR_draco_mesh_compression', 'EXT_meshopt_compression', 'KHR_meshopt_compression']);

/**
 * Opens a file as a customer would and validates it twice where it is compressed: as delivered, and decoded, because the
 * validator does not look into compressed data.
 * @throws what reading a GLB throws
 */
async function openFile(name: string, glb: Uint8Array): Promise<GateFile> {
  const delivered = await validateGlb(glb);
  const document = await readGlb(glb);
  const json = glbJson(glb);
  if (!json) throw new AtlasError('file_malformed', 'The file has no JSON part.');
  const stats = measureAsset(document, glb.byteLength);
  const surface = surfaceOf(document);
  let validation = delivered;
  if (json.extensionsUsed?.some((extension) => compressions.has(extension))) {
    await packGeometry(document, 'none');
    validation = mergeValidations(delivered, await validateGlb(await writeGlb(document)));
  }
  return { name, json, document, stats, surface, validation };
}

const count = ({ messages }: Validation, wanted: string): number =>
  messages.filter(({ severity }) => severity === wanted).length;

/**
 * Judges the files of one target as delivered: `accepted` when no check finds an error, `rejected` otherwise. A file that
 * cannot be opened is a finding, not a failure of the gate.
 */
export async function gate(input: {
  files: readonly { name: string; glb: Uint8Array }[];
  profile: Profile;
  plan?: { triangles: number };
}): Promise<GateReport> {
  const { profile } = input;
  const findings: Finding[] = [];
  const files: GateFile[] = [];
  const reports: GateReport['files'] = [];
  for (const { name, glb } of input.files) {
    try {
      const file = await openFile(name, glb);
      files.push(file);
      const validator = {
        version: file.validation.version,
        errors: count(file.validation, 'error'),
        warnings: count(file.validation, 'warning'),
        infos: count(file.validation, 'info'),
        hints: count(file.validation, 'hint'),
      };
      reports.push({ name, sha256: sha256Hex(glb), stats: file.stats, validator });
    } catch (thrown) {
      findings.push(unreadable(name, thrown));
    }
  }
  if (input.files.length === 0)
    findings.push({ code: 'no_files', severity: 'error', file: 'model', message: 'Nothing was delivered.' });
  findings.push(...judgeFiles({ profile, files, triangles: input.plan?.triangles }));
  return {
    profile: profile.id,
    profileVersion: profile.version,
    verdict: verdictOf(findings),
    findings,
    files: reports,
  };
}

function unreadable(file: string, thrown: unknown): Finding {
  const error = toAtlasError(thrown);
  const known = error.code !== 'internal';
  return {
    code: known ? error.code : 'file_unreadable',
    severity: 'error',
    file,
    message: known ? error.message : 'The file cannot be decoded.',
    source: 'Atlas',
    ...(error.pointer === undefined ? {} : { pointer: error.pointer }),
  };
}

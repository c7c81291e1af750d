import { readGlb, writeGlb } from '../../shared/core/format/gltf-io.ts';
import { analyseDocument } from '../../shared/core/mesh/analyse/analyse-document.ts';
import { packGeometry } from '../../shared/core/mesh/pack-geometry.ts';
import { surfaceOf } from '../../shared/core/mesh/surface-distance.ts';
import type { GateFile } from '../../shared/core/quality/gate-file.ts';
import { glbJson } from '../../shared/core/quality/glb-json.ts';
import { judgeFiles, verdictOf } from '../../shared/core/quality/judge-files.ts';
import { type MarkedFinding, unmarked } from '../../shared/core/quality/marked-finding.ts';
import { measureAsset } from '../../shared/core/quality/measure-asset.ts';
import { measureBaseColours } from '../../shared/core/quality/measure-base-colours.ts';
import { mergeValidations, type Validation, validateGlb } from '../../shared/core/quality/validate-glb.ts';
import { weighFindings } from '../../shared/core/quality/weigh-findings.ts';
import { AtlasError, toAtlasError } from '../../shared/errors.ts';
import { sha256Hex } from '../../shared/ids.ts';
import type { Finding, GateReport, Profile } from '../../shared/schema/index.ts';
import { decodePicture } from './decode-picture.ts';

/** A level of detail has the textures of its model. */
const noColours = { textures: [], unreadable: [] };

const compressions = new Set(['KHR_draco_mesh_compression', 'EXT_meshopt_compression', 'KHR_meshopt_compression']);

/**
 * Opens a file as a customer would and validates it twice where it is compressed: as delivered, and decoded, because the
 * validator does not look into compressed data.
 * @throws what reading a GLB throws
 */
export async function openFile(name: string, glb: Uint8Array, isModel: boolean): Promise<GateFile> {
  const delivered = await validateGlb(glb);
  const document = await readGlb(glb);
  const json = glbJson(glb);
  if (!json) throw new AtlasError('file_malformed', 'The file has no JSON part.');
  const stats = measureAsset(document, glb.byteLength);
  const surface = surfaceOf(document);
  const analysis = analyseDocument(document);
  const colours = isModel ? await measureBaseColours(document, analysis, decodePicture) : noColours;
  let validation = delivered;
  if (json.extensionsUsed?.some((extension) => compressions.has(extension))) {
    await packGeometry(document, 'none');
    validation = mergeValidations(delivered, await validateGlb(await writeGlb(document)));
  }
  return { name, json, document, stats, surface, validation, analysis, colours };
}

const count = ({ messages }: Validation, wanted: string): number =>
  messages.filter(({ severity }) => severity === wanted).length;

/** What the checks found on the files themselves, before anybody looked at them in views. */
export interface JudgedFiles {
  readonly findings: MarkedFinding[];
  /** Those that could be opened, the full-detail model first if it could. */
  readonly files: GateFile[];
  readonly reports: GateReport['files'];
}

/** Opens and checks the files of one target. A file that cannot be opened is a finding, not a failure of the gate. */
export async function openAndJudge(input: GateInput): Promise<JudgedFiles> {
  const { profile } = input;
  const findings: MarkedFinding[] = [...(input.findings ?? [])];
  const files: GateFile[] = [];
  const reports: GateReport['files'] = [];
  for (const { name, glb } of input.files) {
    try {
      const file = await openFile(name, glb, files.length === 0);
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
  return { findings, files, reports };
}

export interface GateInput {
  readonly files: readonly { name: string; glb: Uint8Array }[];
  readonly profile: Profile;
  readonly plan?: { triangles: number } | undefined;
  /** What is known of the files before they are opened. */
  readonly findings?: readonly MarkedFinding[];
}

/** The report of what was found, each finding as severe as the target’s rules make it. */
export function reportOf(profile: Profile, found: readonly MarkedFinding[], files: GateReport['files']): GateReport {
  const findings = weighFindings(found.map(unmarked), profile);
  return {
    profile: profile.id,
    profileVersion: profile.version,
    verdict: verdictOf(findings),
    findings,
    files,
  };
}

/** Judges the files of one target as delivered by all that can be measured without looking at them. */
export async function gate(input: GateInput): Promise<GateReport> {
  const { findings, reports } = await openAndJudge(input);
  return reportOf(input.profile, findings, reports);
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

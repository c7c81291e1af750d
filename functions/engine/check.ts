import { writeGlb } from '../../shared/core/format/gltf-io.ts';
import { readSource } from '../../shared/core/format/read-source.ts';
import { readSplatFile } from '../../shared/core/render/read-splat-file.ts';
import { AtlasError } from '../../shared/errors.ts';
import { sha256Hex } from '../../shared/ids.ts';
import type { GatePicture } from '../../shared/ports/index.ts';
import type { Finding, GateReport, Profile } from '../../shared/schema/index.ts';
import { checkSplats } from './check-splats.ts';
import { gateWithViews } from './gate-with-views.ts';

type Checked = { report: GateReport; pictures: GatePicture[] };

const startsWith = (bytes: Uint8Array, text: string): boolean =>
  text === String.fromCharCode(...bytes.subarray(0, text.length));

/** No target loads anything but GLB; what else is wrong with the model is told all the same. */
function kindFinding(kind: string, profile: Profile): Finding {
  return {
    code: 'kind_not_taken',
    severity: 'error',
    file: 'model',
    message: `${profile.title} takes GLB; this is ${kind}. Everything else is said of the GLB that it makes when read.`,
    remedy: `Make a delivery of it: atlas produce <file> --target ${profile.id}.`,
    source: 'Atlas',
  };
}

/** Judges a model of another kind as the GLB that reading it gives. Size and hash are those of the file itself. */
async function checkOther(bytes: Uint8Array, kind: string, glb: Uint8Array, profile: Profile): Promise<Checked> {
  const files = [{ name: 'model', glb }];
  const { report, pictures } = await gateWithViews({ files, profile, findings: [kindFinding(kind, profile)] });
  const own = report.files.map((file) => ({
    ...file,
    sha256: sha256Hex(bytes),
    stats: { ...file.stats, sizeBytes: bytes.byteLength },
  }));
  return { report: { ...report, files: own }, pictures };
}

/**
 * Judges a file that somebody else made by a target’s rules, as it is: a GLB, any other mesh that is read as a source, or
 * a cloud of splats in a PLY or SPZ. It is read as a source is, with every limit of the border, before the gate opens it;
 * no budget but the profile’s limits applies.
 * @throws what reading a source or a cloud of splats throws
 */
export async function check(input: { bytes: Uint8Array; filename?: string; profile: Profile }): Promise<Checked> {
  const { bytes, filename, profile } = input;
  const splats = readSplatFile(bytes);
  if (splats) return checkSplats(splats, bytes, profile);
  const isGlb = startsWith(bytes, 'glTF');
  const source = await readSource(bytes, { filename }).catch((thrown: unknown) => {
    // A GLB of points or of nothing can be read: that it shows nothing is a verdict.
    if (isGlb && thrown instanceof AtlasError && thrown.code === 'no_triangles') return undefined;
    throw thrown;
  });
  if (isGlb || !source) return gateWithViews({ files: [{ name: 'model', glb: bytes }], profile });
  const { format, document } = source;
  const name = format === 'gltf' ? 'glTF' : format.toUpperCase();
  const kind = startsWith(bytes, 'PK') ? `a ZIP with ${name}` : name;
  return checkOther(bytes, kind, await writeGlb(document), profile);
}

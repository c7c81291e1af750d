import { AtlasError } from '../../errors.ts';
import { plyCursor, plyTypeBytes } from '../format/ply-cursor.ts';
import { type PlyElement, readPlyHeader } from '../format/ply-header.ts';
import { harmonicsOf, type SplatCloud } from './splat-cloud.ts';
import { exponential } from './stable-math.ts';

/** How many `f_rest_…` properties each degree has: all but the first harmonic, in three colours. */
const restCounts = [0, 9, 24, 45];

/** exp() of what training writes stays within this; beyond it a splat would be larger than any scene. */
const mostLogScale = 80;

const sigmoid = (x: number): number => (x >= 0 ? 1 / (1 + exponential(-Math.min(x, 500))) : 1 - sigmoid(-x));

const scaleOf = (log: number): number => exponential(Math.max(-mostLogScale, Math.min(mostLogScale, log)));

/** Where each named property stands in a row; refuses files that lack one. */
function columnsOf(element: PlyElement): (name: string) => number {
  const names = new Map(element.properties.map(({ name }, i) => [name, i]));
  return (name) => {
    const column = names.get(name);
    if (column !== undefined) return column;
    const message = `The PLY has no property "${name}": it is no cloud of Gaussian splats.`;
    throw new AtlasError('file_malformed', message, { pointer: '/elements/vertex' });
  };
}

function degreeOf(element: PlyElement): 0 | 1 | 2 | 3 {
  const rest = element.properties.filter(({ name }) => name.startsWith('f_rest_')).length;
  const degree = restCounts.indexOf(rest);
  if (degree >= 0) return degree as 0 | 1 | 2 | 3;
  const message = `The splats have ${rest} f_rest properties; degrees 0 to 3 have 0, 9, 24 or 45.`;
  throw new AtlasError('file_malformed', message, { pointer: '/elements/vertex' });
}

function allocate(count: number, degree: 0 | 1 | 2 | 3) {
  return {
    count,
    degree,
    positions: new Float32Array(count * 3),
    scales: new Float32Array(count * 3),
    rotations: new Float32Array(count * 4),
    opacities: new Float32Array(count),
    harmonics: new Float32Array(count * harmonicsOf(degree) * 3),
  };
}

function numberedColumns(column: (name: string) => number, prefix: string, count: number): number[] {
  return Array.from({ length: count }, (_, i) => column(`${prefix}${i}`));
}

/** Takes one row of properties, as training writes them, apart. */
function rowReader(element: PlyElement, degree: 0 | 1 | 2 | 3, cloud: ReturnType<typeof allocate>) {
  const column = columnsOf(element);
  const place = [column('x'), column('y'), column('z')];
  const scale = numberedColumns(column, 'scale_', 3);
  const rotation = numberedColumns(column, 'rot_', 4);
  const base = numberedColumns(column, 'f_dc_', 3);
  const rest = numberedColumns(column, 'f_rest_', restCounts[degree]!);
  const opacity = column('opacity');
  const harmonics = harmonicsOf(degree);
  return (row: Float64Array, i: number): void => {
    for (let k = 0; k < 3; k++) {
      cloud.positions[i * 3 + k] = row[place[k]!];
      cloud.scales[i * 3 + k] = scaleOf(row[scale[k]!]);
      cloud.harmonics[i * harmonics * 3 + k] = row[base[k]!];
      // The rest is stored colour by colour.
      for (let h = 1; h < harmonics; h++) {
        cloud.harmonics[(i * harmonics + h) * 3 + k] = row[rest[k * (harmonics - 1) + h - 1]!];
      }
    }
    cloud.opacities[i] = sigmoid(row[opacity]);
    const [w, x, y, z] = [row[rotation[0]!], row[rotation[1]!], row[rotation[2]!], row[rotation[3]!]];
    const length = Math.sqrt(w * w + x * x + y * y + z * z);
    const turned = length > 0 && length < Infinity;
    cloud.rotations.set(turned ? [x / length, y / length, z / length, w / length] : [0, 0, 0, 1], i * 4);
  };
}

/**
 * Reads Gaussian splats from a PLY as the training of Kerbl et al. 2023 writes it: x y z, f_dc, f_rest, opacity
 * (logit), scale (logarithm), rot (w first). Other properties are passed over. About 60 ms for 50,000 splats.
 * @throws file_malformed, file_truncated
 */
export function readSplatPly(bytes: Uint8Array): SplatCloud {
  const header = readPlyHeader(bytes);
  const element = header.elements[0];
  if (element?.name !== 'vertex' || element.properties.some(({ countType }) => countType !== undefined)) {
    throw new AtlasError('file_malformed', 'A PLY of splats begins with plain vertices.', { pointer: '/elements' });
  }
  const cursor = plyCursor(bytes, header);
  const rowBytes =
    header.format === 'ascii'
      ? element.properties.length * 2
      : element.properties.reduce((sum, { type }) => sum + plyTypeBytes[type], 0);
  // One byte less: the last number of a text needs no space behind it.
  if (element.count * rowBytes - 1 > cursor.remaining) {
    const message = `The PLY promises ${element.count} splats and ends before them.`;
    throw new AtlasError('file_truncated', message, { pointer: '/elements/vertex' });
  }
  const degree = degreeOf(element);
  const cloud = allocate(element.count, degree);
  const readRow = rowReader(element, degree, cloud);
  const row = new Float64Array(element.properties.length);
  for (let i = 0; i < element.count; i++) {
    for (let p = 0; p < row.length; p++) row[p] = cursor.read(element.properties[p]!.type);
    readRow(row, i);
  }
  return cloud;
}

import type { LimitName } from '../../../schema/index.ts';

/** A number for people: whole ones with thousands apart, others with four digits. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Number.isInteger(value)) return value.toLocaleString('en-US');
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(4)));
}

/** Bytes in decimal units, as stores and browsers count files. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [unit, size] = bytes < 1e6 ? ['kB', bytes / 1e3] : ['MB', bytes / 1e6];
  return `${Number(size.toPrecision(3))} ${unit}`;
}

export const formatPercent = (share: number): string => `${formatNumber(Number((share * 100).toPrecision(3)))} %`;

/** `3 errors`, `1 error`, `no errors`. */
export const countOf = (count: number, noun: string): string =>
  `${count === 0 ? 'no' : formatNumber(count)} ${noun}${count === 1 ? '' : 's'}`;

/** What each limit is called in a table. */
export const limitWords: Record<LimitName, string> = {
  triangles: 'Triangles',
  trianglesPerMesh: 'Triangles in one mesh',
  vertices: 'Vertices',
  drawCalls: 'Draw calls',
  materials: 'Materials',
  textureSizePx: 'Longest side of a texture',
  textureMemoryBytes: 'Texture memory with mips',
  sizeBytes: 'File size',
  uvSets: 'UV sets',
  jointsPerSkin: 'Joints in one skin',
  openEdges: 'Open edges',
};

/** A measured value with the unit that the name of its limit ends with. */
export function formatMeasure(name: string, value: number): string {
  if (name === 'textureMemoryBytes') return `${formatNumber(Number((value / 2 ** 20).toPrecision(3)))} MiB`;
  if (/bytes$/i.test(name)) return formatBytes(value);
  return name.endsWith('Px') ? `${formatNumber(value)} px` : formatNumber(value);
}

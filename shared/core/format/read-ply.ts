import { Document } from '@gltf-transform/core';
import { AtlasError } from '../../errors.ts';
import type { Change } from '../../schema/index.ts';
import { floatList, intList } from './growing-list.ts';
import { type PlyCursor, plyCursor } from './ply-cursor.ts';
import { type PlyElement, type PlyProperty, type PlyType, readPlyHeader } from './ply-header.ts';
import { checkSoup, linearColours, type PolygonSoup, soupPrimitive } from './polygon-soup.ts';
import type { SourceLimits } from './source-limits.ts';
import { type SurroundingFiles, textureLoader } from './texture-loader.ts';

type Slot = 'position' | 'normal' | 'colour' | 'uv';

/** Names that writers give the parts of a vertex. */
const vertexSlots = new Map<string, readonly [slot: Slot, component: number]>([
  ...(['x', 'y', 'z'] as const).map((name, i) => [name, ['position', i]] as const),
  ...(['nx', 'ny', 'nz'] as const).map((name, i) => [name, ['normal', i]] as const),
  ...['', 'diffuse_'].flatMap((prefix) =>
    ['red', 'green', 'blue'].map((name, i) => [prefix + name, ['colour', i]] as const),
  ),
  ...(['r', 'g', 'b'] as const).map((name, i) => [name, ['colour', i]] as const),
  ...[
    ['s', 't'],
    ['u', 'v'],
    ['texture_u', 'texture_v'],
    ['texture_s', 'texture_t'],
  ].flatMap((pair) => pair.map((name, i) => [name, ['uv', i]] as const)),
]);

const slotSizes: Record<Slot, number> = { position: 3, normal: 3, colour: 3, uv: 2 };

type VertexData = Record<Slot, Float32Array | undefined>;

/** No honest file has fewer bytes left than its elements have values: checked before anything is allocated. */
function checkElement(element: PlyElement, cursor: PlyCursor, limits: SourceLimits): void {
  const pointer = `/elements/${element.name}`;
  if (element.count > limits.accessorElements) {
    throw new AtlasError('count_over_limit', `The file has ${element.count} of ${element.name}.`, { pointer });
  }
  const values = element.count * Math.max(element.properties.length, 1);
  if (values > cursor.remaining + 1) {
    throw new AtlasError(
      'file_truncated',
      `${element.count} of ${element.name} are declared; only ${Math.max(cursor.remaining, 0)} bytes are left.`,
      { pointer },
    );
  }
}

/** Length of the list that comes next; it is not trusted further than the file reaches. */
function listLength(property: PlyProperty, countType: PlyType, cursor: PlyCursor): number {
  const count = cursor.read(countType);
  if (!Number.isInteger(count) || count < 0) {
    throw new AtlasError('file_malformed', `A list of ${property.name} has the length ${count}.`, {
      pointer: '/elements',
    });
  }
  if (count > cursor.remaining) {
    throw new AtlasError(
      'file_truncated',
      `A list of ${property.name} has the length ${count}; the file ends before.`,
      {
        pointer: '/elements',
      },
    );
  }
  return count;
}

/** Reads one value, or passes over a list of them. */
function skip({ type, ...property }: PlyProperty, cursor: PlyCursor): void {
  const count = property.countType === undefined ? 1 : listLength({ type, ...property }, property.countType, cursor);
  for (let i = 0; i < count; i++) cursor.read(type);
}

/** Corners of one polygon or strip at most: whole scans are stored as one strip, but not larger ones. */
const mostCorners = 2 ** 24;

/** Appends the values of a list property. */
function readList(property: PlyProperty, countType: PlyType, cursor: PlyCursor, into: number[]): void {
  const count = listLength(property, countType, cursor);
  if (count > mostCorners) {
    throw new AtlasError(
      'count_over_limit',
      `A list of ${property.name} has ${count} values; the limit is ${mostCorners}.`,
      {
        pointer: '/elements',
      },
    );
  }
  for (let i = 0; i < count; i++) into.push(cursor.read(property.type));
}

/** Slots of which a vertex has every component: two coordinates are no position, and a lone red is no colour. */
function completeSlots({ properties }: PlyElement): Set<Slot> {
  const components = new Map<Slot, Set<number>>();
  for (const { name, countType } of properties) {
    const target = countType === undefined ? vertexSlots.get(name) : undefined;
    if (!target) continue;
    const [slot, component] = target;
    components.set(slot, (components.get(slot) ?? new Set()).add(component));
  }
  return new Set([...components].flatMap(([slot, found]) => (found.size === slotSizes[slot] ? [slot] : [])));
}

function readVertices(element: PlyElement, cursor: PlyCursor): VertexData {
  const data: VertexData = { position: undefined, normal: undefined, colour: undefined, uv: undefined };
  const complete = completeSlots(element);
  if (!complete.has('position')) {
    throw new AtlasError('file_malformed', 'The vertices of the PLY lack x, y or z.', { pointer: '/elements/vertex' });
  }
  const plan = element.properties.map((property) => {
    const target = property.countType === undefined ? vertexSlots.get(property.name) : undefined;
    if (!target || !complete.has(target[0])) return { property, array: undefined, size: 0, component: 0, scale: 1 };
    const [slot, component] = target;
    const array = data[slot] ?? new Float32Array(element.count * slotSizes[slot]);
    data[slot] = array;
    return { property, array, size: slotSizes[slot], component, scale: slot === 'colour' ? colourScale(property) : 1 };
  });
  for (let v = 0; v < element.count; v++) {
    for (const { property, array, size, component, scale } of plan) {
      if (array) array[v * size + component] = cursor.read(property.type) * scale;
      else skip(property, cursor);
    }
  }
  return data;
}

/** What a colour is multiplied by. Only one and two bytes say by their type which value is full. */
function colourScale({ type }: PlyProperty): number {
  if (type.endsWith('int8')) return 1 / 255;
  return type.endsWith('int16') ? 1 / 65_535 : 1;
}

/** Collects polygons: their corners `[position, uv, normal]` and sizes. */
interface Faces {
  readonly corners: ReturnType<typeof intList>;
  readonly sizes: ReturnType<typeof intList>;
  /** Texture coordinates that faces give corner by corner. */
  readonly cornerUvs: ReturnType<typeof floatList>;
}

/** `uvs` are those of the corners, or undefined where the vertices have them. */
function addFace(
  faces: Faces,
  indices: readonly number[],
  uvs: readonly number[] | undefined,
  perVertex: VertexData,
): void {
  const own = uvs?.length === indices.length * 2;
  for (const [i, index] of indices.entries()) {
    faces.corners.push(index);
    if (uvs === undefined) faces.corners.push(perVertex.uv ? index : -1);
    else faces.corners.push(own ? faces.cornerUvs.length / 2 : -1);
    if (own) {
      faces.cornerUvs.push(uvs?.[i * 2] as number);
      faces.cornerUvs.push(uvs?.[i * 2 + 1] as number);
    }
    faces.corners.push(perVertex.normal ? index : -1);
  }
  faces.sizes.push(indices.length);
}

function readFaces(element: PlyElement, cursor: PlyCursor, faces: Faces, vertices: VertexData): void {
  const indices: number[] = [];
  const uvs: number[] = [];
  const perCorner = element.properties.some(({ name, countType }) => name === 'texcoord' && countType !== undefined);
  for (let f = 0; f < element.count; f++) {
    indices.length = 0;
    uvs.length = 0;
    for (const property of element.properties) {
      const { name, countType } = property;
      if (countType && /^vertex_ind(ex|ices)$/.test(name)) readList(property, countType, cursor, indices);
      else if (countType && name === 'texcoord') readList(property, countType, cursor, uvs);
      else skip(property, cursor);
    }
    if (indices.length >= 3) addFace(faces, indices, perCorner ? uvs : undefined, vertices);
  }
}

/** Strips as scanners write them: one list, cut by −1, every other triangle turned. */
function readStrips(element: PlyElement, cursor: PlyCursor, faces: Faces, vertices: VertexData): void {
  for (let s = 0; s < element.count; s++) {
    for (const property of element.properties) {
      const strip: number[] = [];
      if (property.countType === undefined) skip(property, cursor);
      else readList(property, property.countType, cursor, strip);
      let start = 0;
      for (const [i, c] of strip.entries()) {
        if (c < 0) start = i + 1;
        if (c < 0 || i - start < 2) continue;
        const [a, b] = [strip[i - 2] as number, strip[i - 1] as number];
        addFace(faces, (i - start) % 2 === 0 ? [a, b, c] : [b, a, c], undefined, vertices);
      }
    }
  }
}

function readSoup(bytes: Uint8Array, limits: SourceLimits): { soup: PolygonSoup; textureFile: string | undefined } {
  const header = readPlyHeader(bytes);
  const cursor = plyCursor(bytes, header);
  const faces: Faces = { corners: intList(), sizes: intList(), cornerUvs: floatList() };
  let vertices: VertexData = { position: undefined, normal: undefined, colour: undefined, uv: undefined };
  for (const element of header.elements) {
    checkElement(element, cursor, limits);
    if (element.name === 'vertex') vertices = readVertices(element, cursor);
    else if (element.name === 'face') readFaces(element, cursor, faces, vertices);
    else if (element.name === 'tristrips') readStrips(element, cursor, faces, vertices);
    else for (let i = 0; i < element.count; i++) for (const property of element.properties) skip(property, cursor);
  }
  const nothing = new Float32Array(0);
  const soup = {
    positions: vertices.position ?? nothing,
    colours: vertices.colour,
    uvs: faces.cornerUvs.length > 0 ? faces.cornerUvs.values() : (vertices.uv ?? nothing),
    normals: vertices.normal ?? nothing,
    corners: faces.corners.values(),
    sizes: faces.sizes.values(),
  };
  return { soup, textureFile: header.textureFile };
}

/**
 * Reads a PLY mesh: ASCII or binary of either byte order, polygons or strips, with normals, colours and texture
 * coordinates of vertices or of corners. Colours become linear; the image that a `TextureFile` comment names is taken
 * from the archive around it.
 * @throws file_malformed, file_truncated, index_out_of_range, position_not_finite, no_triangles, count_over_limit
 */
export function readPly(bytes: Uint8Array, options: SurroundingFiles): { document: Document; changes: Change[] } {
  const { soup, textureFile } = readSoup(bytes, options.limits);
  checkSoup(soup, options.limits, { point: '/elements/vertex', face: '/elements/face' });
  const changes: Change[] = [];
  const document = new Document();
  const material = document.createMaterial('default').setMetallicFactor(0).setRoughnessFactor(1);
  if (textureFile) {
    const texture = textureLoader(document, options, changes)(textureFile);
    if (texture) material.setBaseColorTexture(texture);
  }
  const colours = soup.colours && linearColours(soup.colours);
  if (colours) {
    const message = 'Vertex colours were turned from sRGB to linear, as glTF keeps them.';
    changes.push({ code: 'colours_linearised', message, count: colours.length / 3 });
  }
  const faces = (function* () {
    for (let f = 0, first = 0; f < soup.sizes.length; first += soup.sizes[f++] as number) {
      yield [first, soup.sizes[f] as number] as const;
    }
  })();
  const primitive = soupPrimitive(document, soup, faces, { material, colours });
  if (!primitive) throw new AtlasError('no_triangles', 'The file has no faces.', { pointer: '/elements/face' });
  const node = document.createNode('model').setMesh(document.createMesh('model').addPrimitive(primitive));
  const scene = document.createScene('scene').addChild(node);
  document.getRoot().setDefaultScene(scene);
  return { document, changes };
}

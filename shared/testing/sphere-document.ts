import { Document, type Node, type Primitive } from '@gltf-transform/core';

export interface SphereOptions {
  /** Columns around the equator; there are half as many rows. */
  readonly segments?: number;
  /** One UV chart with a seam from pole to pole; without it the sphere has no doubled vertex. */
  readonly uv?: boolean;
  readonly colours?: boolean;
  /** Weights over two joints, one at each pole. */
  readonly skin?: boolean;
  /** One morph target that doubles the height. */
  readonly morph?: boolean;
  /** How many nodes show the mesh, one metre apart. */
  readonly nodes?: number;
}

type Corner = readonly [x: number, y: number, z: number, u: number, v: number];

function spherePoint(column: number, row: number, segments: number, rows: number): Corner {
  const phi = ((column % segments) / segments) * 2 * Math.PI;
  const theta = (row / rows) * Math.PI;
  const ring = row === 0 || row === rows ? 0 : Math.sin(theta);
  const height = row === 0 ? 1 : row === rows ? -1 : Math.cos(theta);
  return [Math.cos(phi) * ring, height, -Math.sin(phi) * ring, column / segments, row / rows];
}

/** Corners and triangles of a sphere of radius one half; `2 × segments × (segments / 2 − 1)` triangles. */
function sphereGrid(segments: number, uv: boolean): { corners: Corner[]; indices: number[] } {
  const rows = segments / 2;
  const corners: Corner[] = [];
  const places = new Map<string, number>();
  const at = (column: number, row: number): number => {
    const pole = row === 0 || row === rows;
    const key = uv ? `${column} ${row}` : pole ? `pole ${row}` : `${column % segments} ${row}`;
    const known = places.get(key);
    if (known !== undefined) return known;
    places.set(key, corners.length);
    corners.push(spherePoint(column, row, segments, rows));
    return corners.length - 1;
  };
  const indices: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < segments; column++) {
      if (row > 0) indices.push(at(column, row), at(column + 1, row + 1), at(column + 1, row));
      if (row < rows - 1) indices.push(at(column, row), at(column, row + 1), at(column + 1, row + 1));
    }
  }
  return { corners, indices };
}

function addSkin(document: Document, node: Node, primitive: Primitive, corners: Corner[]): void {
  const buffer = document.getRoot().listBuffers()[0]!;
  const joints = [0.5, -0.5].map((y) => document.createNode(`joint ${y}`).setTranslation([0, y, 0]));
  const inverse = [0.5, -0.5].flatMap((y) => [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, -y, 0, 1]);
  const skin = document
    .createSkin()
    .setInverseBindMatrices(
      document.createAccessor().setType('MAT4').setArray(Float32Array.from(inverse)).setBuffer(buffer),
    );
  const armature = document.createNode('armature');
  document.getRoot().listScenes()[0]!.addChild(armature);
  for (const joint of joints) {
    armature.addChild(joint);
    skin.addJoint(joint);
  }
  const weights = corners.flatMap(([, y]) => [(1 + y) / 2, (1 - y) / 2, 0, 0]);
  // A joint without weight is named 0, as the validator asks.
  const jointIds = corners.flatMap(([, y]) => [0, y < 1 ? 1 : 0, 0, 0]);
  const vec4 = (array: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>) =>
    document.createAccessor().setType('VEC4').setArray(array).setBuffer(buffer);
  primitive
    .setAttribute('JOINTS_0', vec4(Uint8Array.from(jointIds)))
    .setAttribute('WEIGHTS_0', vec4(Float32Array.from(weights)));
  node.setSkin(skin);
}

/** A sphere one metre across, closed, with normals, built by code for tests. */
export function sphereDocument(options: SphereOptions = {}): Document {
  const { segments = 32, uv = false, colours = false, skin = false, morph = false, nodes = 1 } = options;
  const { corners, indices } = sphereGrid(segments, uv);
  const document = new Document();
  const buffer = document.createBuffer();
  const accessor = (type: 'SCALAR' | 'VEC2' | 'VEC3' | 'VEC4', values: number[]) =>
    document.createAccessor().setType(type).setArray(Float32Array.from(values)).setBuffer(buffer);
  const primitive = document
    .createPrimitive()
    .setMaterial(document.createMaterial('clay').setMetallicFactor(0))
    .setIndices(document.createAccessor().setType('SCALAR').setArray(Uint32Array.from(indices)).setBuffer(buffer))
    .setAttribute(
      'POSITION',
      accessor(
        'VEC3',
        corners.flatMap(([x, y, z]) => [x / 2, y / 2, z / 2]),
      ),
    )
    .setAttribute(
      'NORMAL',
      accessor(
        'VEC3',
        corners.flatMap((corner) => corner.slice(0, 3)),
      ),
    );
  if (uv)
    primitive.setAttribute(
      'TEXCOORD_0',
      accessor(
        'VEC2',
        corners.flatMap(([, , , u, v]) => [u, v]),
      ),
    );
  if (colours)
    primitive.setAttribute(
      'COLOR_0',
      accessor(
        'VEC3',
        corners.flatMap(([x, y]) => [(x + 1) / 2, (y + 1) / 2, 0.5]),
      ),
    );
  const mesh = document.createMesh('sphere').addPrimitive(primitive);
  if (morph) {
    const taller = corners.flatMap(([, y]) => [0, y / 2, 0]);
    primitive.addTarget(document.createPrimitiveTarget('tall').setAttribute('POSITION', accessor('VEC3', taller)));
    mesh.setWeights([0]);
  }
  const scene = document.createScene();
  document.getRoot().setDefaultScene(scene);
  for (let i = 0; i < nodes; i++) {
    const node = document.createNode(`sphere ${i}`).setMesh(mesh).setTranslation([i, 0, 0]);
    scene.addChild(node);
    if (skin) addSkin(document, node, primitive, corners);
  }
  return document;
}

/** Triangles of a sphere with this many segments. */
export const sphereTriangles = (segments: number): number => 2 * segments * (segments / 2 - 1);

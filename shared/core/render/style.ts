import type { Vec3 } from './camera.ts';
import { gateLight, type LightRig } from './light-rig.ts';

/** Values to be shown as colours on the surface. */
export interface Heat {
  /** One value a vertex, or one a triangle. NaN is drawn grey. */
  readonly values: Float32Array;
  readonly per: 'vertex' | 'triangle';
  /** The values that get the first and the last colour. */
  readonly low: number;
  readonly high: number;
}

/** How surfaces are drawn. */
export interface Style {
  /**
   * `lit`: the materials in the light of the rig. `unlit`: base colour as it is. `clay`: shape alone, grey.
   * `normals`: normals in world space, −1 to 1 as black to white. `heat`: clay, coloured by `heat`.
   */
  readonly surface: 'lit' | 'unlit' | 'clay' | 'normals' | 'heat';
  readonly light: LightRig;
  readonly heat: Heat | undefined;
  /** Draws the edges of the triangles in view, in linear colour. Where triangles are a few pixels small, thinner. */
  readonly wireframe: { readonly widthPx: number; readonly colour: Vec3 } | undefined;
  /** Paints what is seen from behind in this linear colour. */
  readonly backFaceColour: Vec3 | undefined;
  /**
   * What is seen from behind: as the materials say (glTF culls unless double-sided), or always drawn, so that holes
   * show the inside.
   */
  readonly backFaces: 'as-material' | 'draw';
}

export const defaultStyle: Style = {
  surface: 'lit',
  light: gateLight,
  heat: undefined,
  wireframe: undefined,
  backFaceColour: undefined,
  backFaces: 'as-material',
};

type Triple = readonly [number, number, number];

/** A perspective camera: metres, +Y up. Its axes are unit vectors in world space, `back` points to the eye. */
export interface ViewCamera {
  readonly eye: Triple;
  readonly right: Triple;
  readonly up: Triple;
  readonly back: Triple;
  /** Half the height of the picture at distance 1. */
  readonly halfHeight: number;
  readonly nearM: number;
}

/** Light by formula, linear: 1 makes a white matte surface that faces it white. */
export interface ViewLight {
  readonly sky: Triple;
  readonly ground: Triple;
  /** How strongly smooth surfaces mirror sky and ground, 0–1. */
  readonly reflections: number;
  /** Directional lights in world space, `[lights × 6]`: unit direction towards the light, linear colour. */
  readonly lights: readonly number[];
}

/** One square picture of one model. */
export interface ModelView {
  /** Index in `ModelViews.models`. */
  readonly model: number;
  readonly camera: ViewCamera;
  readonly light: ViewLight;
  readonly sizePx: number;
}

export interface ModelViews {
  /** GLB files that refer to nothing outside. */
  readonly models: readonly Uint8Array[];
  readonly views: readonly ModelView[];
  /** Linear colour behind the models. */
  readonly background: Triple;
}

/** sRGB, `[sizePx × sizePx × 4]`, rows from the top, opaque. */
export interface RenderedPicture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** Why a renderer cannot work here, and what would help: sentences without a full stop, and with one. */
export interface RendererMissing {
  readonly reason: string;
  readonly remedy: string;
}

/** Draws models for people to look at; nothing is measured on its pictures. */
export interface ModelRenderer {
  /** Undefined where it can be tried. Starts nothing. */
  missing(): RendererMissing | undefined;
  /**
   * Draws every view, in order. Whatever was started for it has ended when it settles, also when `signal` aborts.
   * @throws renderer_unavailable, work_timeout, cancelled
   */
  draw(input: ModelViews, options?: { readonly signal?: AbortSignal }): Promise<RenderedPicture[]>;
}

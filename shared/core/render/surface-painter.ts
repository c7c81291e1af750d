import type { Camera } from './camera.ts';
import { heatColour } from './heat-colours.ts';
import { placeLights } from './light-rig.ts';
import { leastRoughness, lightSurface, newSurface } from './light-surface.ts';
import type { ProjectedVertices } from './project-vertices.ts';
import { sampleTexture } from './sample-texture.ts';
import type { RenderMaterial, RenderScene, TextureUse } from './scene.ts';
import type { Heat, Style } from './style.ts';
import { newSurfacePoint, normalise, type SurfacePoint, surfaceAt } from './surface-point.ts';

/** Gives colours to places of a picture. */
export interface SurfacePainter {
  /** Linear colour and alpha, not multiplied, of a surface (see `Visibility`) at a sample place, into `out[0..3]`. */
  paint(surface: number, px: number, py: number, out: Float64Array): void;
  /** Alpha alone, for masks. */
  alpha(surface: number, px: number, py: number): number;
}

const texel = new Float64Array(4);

function readTexture(scene: RenderScene, use: TextureUse, point: SurfacePoint): Float64Array {
  sampleTexture(scene.textures[use.texture]!, use, point.uv[use.uvSet], point.footprint[use.uvSet], texel);
  return texel;
}

/** Base colour into `out[0..3]`: factor × vertex colour × texture. */
function baseColour(scene: RenderScene, material: RenderMaterial, point: SurfacePoint, out: Float64Array): void {
  for (let k = 0; k < 4; k++) out[k] = material.baseColour[k]! * point.colour[k];
  const use = material.baseColourTexture;
  if (use === undefined) return;
  const value = readTexture(scene, use, point);
  for (let k = 0; k < 4; k++) out[k] *= value[k];
}

/** Bends `point.normal` by the normal map, in the tangent frame of the triangle’s corners. */
function bendNormal(scene: RenderScene, material: RenderMaterial, triangle: number, point: SurfacePoint): void {
  const use = material.normalTexture;
  const { tangents } = scene;
  if (use === undefined || tangents.length === 0) return;
  const { weights, normal } = point;
  const at = triangle * 12;
  const tx = weights[0] * tangents[at] + weights[1] * tangents[at + 4] + weights[2] * tangents[at + 8];
  const ty = weights[0] * tangents[at + 1] + weights[1] * tangents[at + 5] + weights[2] * tangents[at + 9];
  const tz = weights[0] * tangents[at + 2] + weights[1] * tangents[at + 6] + weights[2] * tangents[at + 10];
  const sign = tangents[at + 3];
  // A triangle whose coordinates have no area has no direction of u: the map says nothing there.
  if (!(tx * tx + ty * ty + tz * tz > 0)) return;
  const value = readTexture(scene, use, point);
  const x = (value[0] * 2 - 1) * material.normalScale;
  const y = (value[1] * 2 - 1) * material.normalScale * sign;
  const z = value[2] * 2 - 1;
  const nx = normal[0];
  const ny = normal[1];
  const nz = normal[2];
  normal[0] = tx * x + (ny * tz - nz * ty) * y + nx * z;
  normal[1] = ty * x + (nz * tx - nx * tz) * y + ny * z;
  normal[2] = tz * x + (nx * ty - ny * tx) * y + nz * z;
  if (normalise(normal) > 0) return;
  normal[0] = nx;
  normal[1] = ny;
  normal[2] = nz;
}

/** Distance in pixels from the nearest edge of the triangle, and its height there. */
function edgeDistance(point: SurfacePoint, out: Float64Array): void {
  const { weights, slopes } = point;
  out[0] = Infinity;
  out[1] = Infinity;
  for (let k = 0; k < 3; k++) {
    const slope = Math.sqrt(slopes[k] * slopes[k] + slopes[k + 3] * slopes[k + 3]);
    if (!(slope > 0)) continue;
    if (weights[k] / slope < out[0]) out[0] = weights[k] / slope;
    if (1 / slope < out[1]) out[1] = 1 / slope;
  }
}

/** Triangles lower than this get thinner lines, or the picture would be lines alone. */
const fullLineHeightPx = 6;

const edge = new Float64Array(2);

function drawLine(style: Style, point: SurfacePoint, out: Float64Array): void {
  if (style.wireframe === undefined) return;
  edgeDistance(point, edge);
  const { widthPx, colour } = style.wireframe;
  const cover = widthPx / 2 + 0.5 - edge[0];
  const strength = (cover < 0 ? 0 : Math.min(cover, 1)) * Math.min(1, edge[1] / fullLineHeightPx);
  for (let k = 0; k < 3; k++) out[k] += (colour[k]! - out[k]) * strength;
  out[3] += (1 - out[3]) * strength;
}

function heatAt(heat: Heat, scene: RenderScene, triangle: number, point: SurfacePoint): number {
  const { values, per, low, high } = heat;
  const corner = (k: number): number => values[scene.indices[triangle * 3 + k]];
  const { weights } = point;
  const value =
    per === 'triangle' ? values[triangle] : weights[0] * corner(0) + weights[1] * corner(1) + weights[2] * corner(2);
  return (value - low) / (high - low);
}

/** Roughness of normals that turn within a pixel, which would sparkle (Kaplanyan 2016, as simplified in three.js). */
function curvatureRoughness(scene: RenderScene, triangle: number, slopes: Float64Array): number {
  let most = 0;
  for (let k = 0; k < 3; k++) {
    const p = scene.normals[scene.indices[triangle * 3] * 3 + k];
    const q = scene.normals[scene.indices[triangle * 3 + 1] * 3 + k];
    const r = scene.normals[scene.indices[triangle * 3 + 2] * 3 + k];
    const right = slopes[0] * p + slopes[1] * q + slopes[2] * r;
    const down = slopes[3] * p + slopes[4] * q + slopes[5] * r;
    most = Math.max(most, right < 0 ? -right : right, down < 0 ? -down : down);
  }
  return most;
}

const clayGrey = 0.6;

/** Prepares the painting of one view. */
export function surfacePainter(
  scene: RenderScene,
  vertices: ProjectedVertices,
  camera: Camera,
  style: Style,
  step: number,
): SurfacePainter {
  const point = newSurfacePoint();
  const surface = newSurface();
  const lights = placeLights(style.light, camera);
  const clayLights = placeLights({ ...style.light, reflections: 0 }, camera);

  /** Normal and view direction, on the side that is seen. */
  const face = (back: boolean): void => {
    const { normal, view } = surface;
    for (let k = 0; k < 3; k++) {
      normal[k] = back ? -point.normal[k] : point.normal[k];
      view[k] = camera.kind === 'perspective' ? camera.eye[k]! - point.position[k] : camera.back[k]!;
    }
    normalise(view);
  };

  const paintMaterial = (material: RenderMaterial, triangle: number, back: boolean, out: Float64Array): void => {
    baseColour(scene, material, point, out);
    if (style.surface === 'unlit' || material.unlit) return;
    surface.base[0] = out[0];
    surface.base[1] = out[1];
    surface.base[2] = out[2];
    let { metallic, roughness } = material;
    if (material.metallicRoughnessTexture) {
      const value = readTexture(scene, material.metallicRoughnessTexture, point);
      roughness *= value[1];
      metallic *= value[2];
    }
    let occlusion = 1;
    if (material.occlusionTexture) {
      const value = readTexture(scene, material.occlusionTexture, point);
      occlusion = 1 + material.occlusionStrength * (value[0] - 1);
    }
    bendNormal(scene, material, triangle, point);
    face(back);
    const rough = Math.max(roughness, leastRoughness) + curvatureRoughness(scene, triangle, point.slopes);
    surface.factors[0] = metallic;
    surface.factors[1] = Math.min(rough, 1);
    surface.factors[2] = occlusion;
    lightSurface(lights, surface, out);
    const glow = material.emissive;
    if (glow[0] === 0 && glow[1] === 0 && glow[2] === 0) return;
    const value = material.emissiveTexture ? readTexture(scene, material.emissiveTexture, point) : undefined;
    for (let k = 0; k < 3; k++) out[k] += glow[k]! * (value === undefined ? 1 : value[k]);
  };

  const paintClay = (triangle: number, back: boolean, out: Float64Array): void => {
    const { base, factors } = surface;
    base.fill(clayGrey);
    if (style.surface === 'heat' && style.heat) heatColour(heatAt(style.heat, scene, triangle, point), base);
    face(back);
    factors[0] = 0;
    factors[1] = 1;
    factors[2] = 1;
    lightSurface(clayLights, surface, out);
    out[3] = 1;
  };

  const paintNormal = (back: boolean, out: Float64Array): void => {
    for (let k = 0; k < 3; k++) out[k] = 0.5 + 0.5 * (back ? -point.normal[k] : point.normal[k]);
    out[3] = 1;
  };

  return {
    paint(label, px, py, out) {
      const triangle = label >>> 1;
      const back = (label & 1) === 1;
      surfaceAt(scene, vertices, triangle, px, py, step, point);
      const material = scene.materials[scene.triangleMaterials[triangle]]!;
      if (style.surface === 'normals') paintNormal(back, out);
      else if (style.surface === 'lit' || style.surface === 'unlit') paintMaterial(material, triangle, back, out);
      else paintClay(triangle, back, out);
      if (material.alphaMode !== 'blend' || out[3] > 1) out[3] = 1;
      if (back && style.backFaceColour) {
        out[0] = style.backFaceColour[0];
        out[1] = style.backFaceColour[1];
        out[2] = style.backFaceColour[2];
      }
      drawLine(style, point, out);
    },
    alpha(label, px, py) {
      const triangle = label >>> 1;
      surfaceAt(scene, vertices, triangle, px, py, step, point);
      const material = scene.materials[scene.triangleMaterials[triangle]]!;
      const use = material.baseColourTexture;
      const alpha = material.baseColour[3] * point.colour[3];
      return use === undefined ? alpha : alpha * readTexture(scene, use, point)[3];
    },
  };
}

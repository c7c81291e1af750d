/**
 * What the page runs. It is text because it runs in the browser, where nothing of ours can be imported. three.js counts
 * light so that π makes white matte white; rigs here say 1.
 *
 * Sky and ground mirror by the formula of the CPU renderer (light-surface.ts): a step at the horizon that widens with
 * roughness. three.js would need an environment map for that, which takes seconds to prepare without a GPU. Where its
 * shader has an environment’s light (`radiance`, `iblIrradiance`) the formula is put in, so that the rest of its
 * physically based shading, clear coat among it, works as with an environment.
 */
export const pageScript = `
import * as THREE from 'three';
import { GLTFLoader } from 'three/addons/loaders/GLTFLoader.js';
import { KTX2Loader } from 'three/addons/loaders/KTX2Loader.js';

const mirrored = \`
vec3 atlasRadiance( const in vec3 normal, const in vec3 view, const in float roughness ) {
  float up = ( vec4( reflect( - view, normal ), 0.0 ) * viewMatrix ).y / ( 0.08 + 0.92 * roughness );
  HemisphereLight light = hemisphereLights[ 0 ];
  return atlasReflections * RECIPROCAL_PI * mix( light.groundColor, light.skyColor, 0.5 + 0.5 * clamp( up, - 1.0, 1.0 ) );
}
void main() {\`;
const surroundings = \`
#include <lights_fragment_maps>
iblIrradiance += irradiance;
irradiance = vec3( 0.0 );
radiance += atlasRadiance( geometryNormal, geometryViewDir, material.roughness );
#ifdef USE_CLEARCOAT
  clearcoatRadiance += atlasRadiance( geometryClearcoatNormal, geometryViewDir, material.clearcoatRoughness );
#endif
\`;
const occluded = \`
#include <aomap_fragment>
#ifdef USE_AOMAP
  reflectedLight.indirectSpecular *= ambientOcclusion;
#endif
\`;

function put(shader, at, text) {
  if (!shader.includes(at)) throw new Error('this version of three.js has no ' + at);
  return shader.replace(at, text);
}

const reflections = { value: 0 };

function mirrorSurroundings(material) {
  if (!material.isMeshStandardMaterial) return;
  material.onBeforeCompile = (shader) => {
    shader.uniforms.atlasReflections = reflections;
    let text = shader.fragmentShader;
    text = put(text, 'void main() {', 'uniform float atlasReflections;' + mirrored);
    text = put(text, '#include <lights_fragment_maps>', surroundings);
    shader.fragmentShader = put(text, '#include <aomap_fragment>', occluded);
  };
}

/** What three.js only says to the console: a picture without its texture or its material is none. */
const failures = [];
const say = console.error;
console.error = (...words) => {
  if (/load texture|Shader Error/.test(words.join(' '))) failures.push(words.join(' ').slice(0, 200));
  say(...words);
};

const renderer = new THREE.WebGLRenderer({ antialias: true });
renderer.setPixelRatio(1);
const ktx2 = new KTX2Loader().detectSupport(renderer);
const loader = new GLTFLoader().setKTX2Loader(ktx2);
const scenes = new Map();

async function sceneOf(index, sky, ground, lights) {
  if (!scenes.has(index)) {
    const gltf = await loader.loadAsync('/models/' + index + '.glb');
    const scene = new THREE.Scene();
    scene.add(gltf.scene);
    scene.traverse((object) => {
      object.frustumCulled = false;
      if (object.isLight) object.visible = false;
      if (object.isMesh) [object.material].flat().forEach(mirrorSurroundings);
    });
    const hemisphere = new THREE.HemisphereLight(0, 0, Math.PI);
    scene.add(hemisphere);
    const directional = [];
    for (let i = 0; i < lights.length; i += 6) directional.push(new THREE.DirectionalLight(0, Math.PI));
    scene.add(...directional);
    scenes.set(index, { scene, hemisphere, directional });
  }
  const entry = scenes.get(index);
  entry.hemisphere.color.setRGB(...sky);
  entry.hemisphere.groundColor.setRGB(...ground);
  entry.directional.forEach((light, i) => {
    light.position.fromArray(lights, i * 6);
    light.color.setRGB(...lights.slice(i * 6 + 3, i * 6 + 6));
  });
  return entry.scene;
}

function cameraOf({ eye, right, up, back, halfHeight, nearM }) {
  const camera = new THREE.PerspectiveCamera((Math.atan(halfHeight) * 360) / Math.PI, 1, nearM, nearM * 100);
  const turned = new THREE.Matrix4().makeBasis(...[right, up, back].map((axis) => new THREE.Vector3(...axis)));
  camera.matrixAutoUpdate = false;
  camera.matrix.copy(turned.setPosition(...eye));
  camera.matrixWorldNeedsUpdate = true;
  return camera;
}

/** Rows from below, RGBA, as base64: a string travels faster than a list of numbers. */
function pixelsOf(sizePx) {
  const gl = renderer.getContext();
  const pixels = new Uint8Array(sizePx * sizePx * 4);
  gl.readPixels(0, 0, sizePx, sizePx, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  let text = '';
  for (let i = 0; i < pixels.length; i += 0x8000) text += String.fromCharCode(...pixels.subarray(i, i + 0x8000));
  return btoa(text);
}

globalThis.atlasDraw = async ({ model, camera, light, sizePx, background }) => {
  const scene = await sceneOf(model, light.sky, light.ground, light.lights);
  scene.background = new THREE.Color().setRGB(...background);
  reflections.value = light.reflections;
  if (renderer.domElement.width !== sizePx) renderer.setSize(sizePx, sizePx);
  renderer.render(scene, cameraOf(camera));
  if (renderer.getContext().isContextLost()) throw new Error('the graphics of the page were lost');
  if (failures.length > 0) throw new Error(failures[0]);
  return pixelsOf(sizePx);
};
`;

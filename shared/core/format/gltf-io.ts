import { type Document, Logger, WebIO } from '@gltf-transform/core';
import { ALL_EXTENSIONS } from '@gltf-transform/extensions';
import { MeshoptDecoder, MeshoptEncoder } from 'meshoptimizer';

let plain: Promise<WebIO> | undefined;
let withDraco: Promise<WebIO> | undefined;

const base = async (): Promise<WebIO> => {
  await Promise.all([MeshoptDecoder.ready, MeshoptEncoder.ready]);
  return new WebIO()
    .setLogger(new Logger(Logger.Verbosity.SILENT))
    .registerExtensions(ALL_EXTENSIONS)
    .registerDependencies({ 'meshopt.decoder': MeshoptDecoder, 'meshopt.encoder': MeshoptEncoder });
};

/** glTF in and out with every extension; Draco’s WASM is loaded when a file first needs it. */
export function gltfIO(options: { draco?: boolean } = {}): Promise<WebIO> {
  if (!options.draco) {
    plain ??= base();
    return plain;
  }
  withDraco ??= (async () => {
    // biome-ignore lint/correctness/noUnresolvedImports: its package.json names the main file in a way Biome does not follow
    const { default: draco3d } = await import('draco3dgltf');
    const [decoder, encoder, io] = await Promise.all([
      draco3d.createDecoderModule(),
      draco3d.createEncoderModule(),
      base(),
    ]);
    return io.registerDependencies({ 'draco3d.decoder': decoder, 'draco3d.encoder': encoder });
  })();
  return withDraco;
}

/** Forgets the Draco modules: one that failed half-way may be left in a bad state. The next file gets new ones. */
export function forgetDraco(): void {
  withDraco = undefined;
}

export const dracoName = 'KHR_draco_mesh_compression';

const mentionsDraco = (glb: Uint8Array): boolean => {
  const view = new DataView(glb.buffer, glb.byteOffset, glb.byteLength);
  const jsonBytes = glb.byteLength >= 20 ? view.getUint32(12, true) : 0;
  return Buffer.from(glb.buffer, glb.byteOffset, glb.byteLength)
    .subarray(20, 20 + jsonBytes)
    .includes(dracoName);
};

/** Reads a GLB that is known to be sound; a raw upload goes through `readSource`. */
export async function readGlb(glb: Uint8Array): Promise<Document> {
  return (await gltfIO({ draco: mentionsDraco(glb) })).readBinary(glb);
}

/** Writes a GLB. Same document, same bytes. */
export async function writeGlb(document: Document): Promise<Uint8Array<ArrayBuffer>> {
  const draco = document
    .getRoot()
    .listExtensionsUsed()
    .some(({ extensionName }) => extensionName === dracoName);
  return (await gltfIO({ draco })).writeBinary(document);
}

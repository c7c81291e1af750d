import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { carelessMesh } from '../../shared/testing/careless-mesh.ts';

/** The file that is measured: a dense raw scan of the corpus, or a mesh of as many triangles made by code. */
export function rawFile(folder: string): string {
  const scan = join(process.env.ATLAS_ASSETS ?? '', 'raw-scan-400k.glb');
  if (process.env.ATLAS_ASSETS && existsSync(scan)) return scan;
  const path = join(folder, 'careless-400k.glb');
  writeFileSync(path, carelessMesh({ seed: 1, triangles: 400_000 }));
  return path;
}

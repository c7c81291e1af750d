import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { runTask } from '../../functions/engine/run-task.ts';
import { sha256Hex } from '../../shared/ids.ts';
import type { EngineTasks } from '../../shared/ports/index.ts';
import { findProfile } from '../../shared/profiles/profiles.ts';
import type { GateReport } from '../../shared/schema/index.ts';

/** Measures a local file in this process: the file is the caller’s own, and the command ends with it. */
export async function inspectFile(path: string): Promise<EngineTasks['inspect']['output']> {
  return runTask('inspect', { bytes: new Uint8Array(await readFile(path)), fileName: basename(path) });
}

/** Runs the gate on a local GLB as it is. @throws AtlasError unknown_target, or why it cannot be read */
export async function checkFile(path: string, target: string): Promise<GateReport> {
  const profile = findProfile(target);
  const glb = new Uint8Array(await readFile(path));
  const files = [{ name: 'model', glb, sha256: sha256Hex(glb) }];
  const { report } = await runTask('gate', { files, profile, triangles: profile.defaults.convert.triangles });
  return report;
}

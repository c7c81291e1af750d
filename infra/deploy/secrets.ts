import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { World } from './ports.ts';

/** Secrets of 32 random bytes that the functions read; Terraform makes them, without a value that its state would show. */
const secretIds = ['atlas-webhook-key'];

const Versions = z.object({ versions: z.array(z.object({ name: z.string() })).default([]) });

/**
 * Gives each secret its first version. One that has an enabled version is left alone: what is sealed under it must open.
 *
 * @returns what went wrong, a line each
 */
export async function firstVersions(world: World, token: string, project: string): Promise<string[]> {
  const problems: string[] = [];
  for (const id of secretIds) {
    const url = `https://secretmanager.googleapis.com/v1/projects/${project}/secrets/${id}`;
    const listed = await world.call('GET', `${url}/versions?filter=state:ENABLED&pageSize=1`, token);
    if (listed.status !== 200) {
      problems.push(`The versions of the secret ${id} cannot be listed (${listed.status}).`);
      continue;
    }
    if (Versions.parse(listed.json).versions.length > 0) continue;
    const payload = { data: randomBytes(32).toString('base64') };
    const added = await world.call('POST', `${url}:addVersion`, token, { payload });
    if (added.status !== 200) problems.push(`The secret ${id} could not be given a value (${added.status}).`);
  }
  return problems;
}

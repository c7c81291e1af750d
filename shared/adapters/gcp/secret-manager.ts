import { z } from 'zod';
import { AtlasError } from '../../errors.ts';
import type { Secrets, SecretVersion } from '../../ports/index.ts';
import { accessTokens, googleRest } from './google-rest.ts';

/** How long the newest version may be another than the one that is used: a rotation reaches every instance within it. */
const refreshMs = 300_000;

const Accessed = z.looseObject({
  name: z.string().regex(/\/versions\/\d+$/),
  payload: z.looseObject({ data: z.base64(), dataCrc32c: z.string().regex(/^\d{1,10}$/) }),
});

/** CRC-32C bit by bit (RFC 3720, section 12.1): a payload has at most 64 KiB, and is read once. */
function crc32c(bytes: Uint8Array): number {
  let crc = ~0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

export interface SecretManagerOptions {
  readonly project: string;
  /** What the names of the project’s secrets begin with. */
  readonly prefix?: string;
  readonly baseUrl?: string;
  readonly token?: () => Promise<string>;
  /** Milliseconds; for tests of what is kept. */
  readonly now?: () => number;
}

interface Held {
  readonly found: SecretVersion;
  readonly untilMs: number;
}

/**
 * Secrets in Secret Manager, over its REST API. Payloads are checked by their CRC-32C. Versions are kept as long as the
 * process lives, since they never change; the newest is asked for again after five minutes, and while Secret Manager does
 * not answer the one that is known goes on.
 */
export function secretManager({
  project,
  prefix = '',
  baseUrl = 'https://secretmanager.googleapis.com',
  token = accessTokens(),
  now = Date.now,
}: SecretManagerOptions): Secrets {
  const call = googleRest({ service: 'Secret Manager', baseUrl, token });
  const versions = new Map<string, SecretVersion>();
  const newest = new Map<string, Held>();
  const asking = new Map<string, Promise<SecretVersion>>();

  const access = async (name: string, version: string): Promise<SecretVersion> => {
    const path = `/v1/projects/${project}/secrets/${prefix}${name}/versions/${version}:access`;
    const answer = Accessed.safeParse(await call('GET', path));
    if (!answer.success) throw new AtlasError('internal', `Secret Manager answered something else for ${name}.`);
    const bytes = Buffer.from(answer.data.payload.data, 'base64');
    if (crc32c(bytes) !== Number(answer.data.payload.dataCrc32c)) {
      throw new AtlasError('store_unavailable', `The secret ${name} was damaged on its way.`);
    }
    const found = { version: answer.data.name.replace(/^.*\//, ''), bytes };
    versions.set(`${name}/${found.version}`, found);
    return found;
  };

  const refresh = async (name: string): Promise<SecretVersion> => {
    const held = newest.get(name);
    const found = await access(name, 'latest').catch((error: unknown) => {
      if (held && error instanceof AtlasError && error.code === 'store_unavailable') return held.found;
      throw error;
    });
    newest.set(name, { found, untilMs: now() + refreshMs });
    return found;
  };

  return {
    async latest(name) {
      const held = newest.get(name);
      if (held && now() < held.untilMs) return held.found;
      const pending = asking.get(name) ?? refresh(name).finally(() => asking.delete(name));
      asking.set(name, pending);
      return pending;
    },
    async version(name, version) {
      if (!/^[1-9]\d{0,9}$/.test(version)) throw new AtlasError('not_found', `${name} has no version of this name.`);
      return versions.get(`${name}/${version}`) ?? access(name, version);
    },
  };
}

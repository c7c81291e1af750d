import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { AtlasError } from '../errors.ts';
import type { Secrets, SecretVersion } from '../ports/index.ts';

/** The secret under whose versions webhook secrets are sealed. */
export const webhookKeyName = 'webhook-key';

/** `sealed:1:<version of the key>:<nonce, text and tag in base64url>`. A secret of a customer begins with `whsec_`. */
const sealedText = /^sealed:1:([1-9]\d{0,9}):([\w-]{40,})$/;
const nonceBytes = 12;
const tagBytes = 16;
/** A key that could be guessed would make the seal worthless. */
const keyBytesAtLeast = 32;

/** Whose secret it is. A sealed text opens for its own endpoint only. */
export interface SecretOwner {
  readonly tenantId: string;
  readonly webhookId: string;
}

function keyOf({ bytes, version }: SecretVersion): Uint8Array {
  if (bytes.byteLength < keyBytesAtLeast) {
    throw new AtlasError(
      'internal',
      `Version ${version} of ${webhookKeyName} is shorter than ${keyBytesAtLeast} bytes.`,
    );
  }
  return new Uint8Array(hkdfSync('sha256', bytes, '', 'atlas webhook secrets 1', 32));
}

/** Neither the version nor the owner can be exchanged without the tag telling. */
const associated = (version: string, { tenantId, webhookId }: SecretOwner): Buffer =>
  Buffer.from(JSON.stringify(['sealed:1', version, tenantId, webhookId]));

/**
 * Seals an endpoint’s secret for the store, by AES-256-GCM under the newest version of the key. Who reads the store, or an
 * export of it, learns nothing of it.
 *
 * @throws AtlasError what `Secrets` throws
 */
export async function sealWebhookSecret(secrets: Secrets, owner: SecretOwner, secret: string): Promise<string> {
  const key = await secrets.latest(webhookKeyName);
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', keyOf(key), nonce, { authTagLength: tagBytes });
  cipher.setAAD(associated(key.version, owner));
  const text = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `sealed:1:${key.version}:${text.toString('base64url')}`;
}

/**
 * The secret of an endpoint from what is stored. Records from before secrets were sealed hold it as it is.
 *
 * @throws AtlasError internal when the text was changed or belongs to another endpoint; otherwise what `Secrets` throws
 */
export async function openWebhookSecret(secrets: Secrets, owner: SecretOwner, stored: string): Promise<string> {
  if (stored.startsWith('whsec_')) return stored;
  const [, version = '', text = ''] = sealedText.exec(stored) ?? [];
  if (!version) throw new AtlasError('internal', `The secret of ${owner.webhookId} is neither sealed nor plain.`);
  const bytes = Buffer.from(text, 'base64url');
  const key = await secrets.version(webhookKeyName, version);
  const decipher = createDecipheriv('aes-256-gcm', keyOf(key), bytes.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(associated(version, owner));
  decipher.setAuthTag(bytes.subarray(-tagBytes));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(nonceBytes, -tagBytes)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new AtlasError('internal', `The sealed secret of ${owner.webhookId} does not open.`, { cause });
  }
}

import { z } from 'zod';

const id = (prefix: string, what: string) =>
  z
    .string()
    .regex(new RegExp(`^${prefix}_[0-9a-z]{16,40}$`), `must look like ${prefix}_…`)
    .describe(what);

export const JobId = id('job', 'Id of a job.');
export const AssetId = id('ast', 'Id of an asset: a file that Atlas keeps for the tenant.');
export const TenantId = id('ten', 'Id of a tenant.');
export const KeyId = id('key', 'Id of an API key; never the key itself.');
export const WebhookId = id('whk', 'Id of a webhook endpoint.');
export const DeliveryId = id('msg', 'Id of one webhook message; stays the same over retries and replays.');
export const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hexadecimal digits')
  .describe('SHA-256 of the bytes, lower-case hexadecimal.');
export const ProfileId = z
  .string()
  .regex(/^[a-z][a-z0-9-]{1,40}$/, 'must be a profile id such as web or mobile-ar')
  .describe('Id of a target profile, see GET /v1/profiles.');
/** RFC 3339 in UTC with milliseconds. */
export const Timestamp = z.iso.datetime().describe('Time in UTC, RFC 3339.');
export const MicroUsd = z.int().min(0).max(1e12).describe('Money in millionths of a US dollar.');

import { z } from 'zod';
import { KeyId, Sha256, TenantId, Timestamp } from './ids.ts';

/** What a key may do; every route of the API names one. */
export const Scope = z
  .enum([
    'assets:read',
    'assets:write',
    'audit:read',
    'jobs:read',
    'jobs:review',
    'jobs:write',
    'keys:read',
    'keys:write',
    'policy:read',
    'policy:write',
    'profiles:read',
    'usage:read',
    'webhooks:read',
    'webhooks:write',
  ])
  .describe('What an API key may do.');
export type Scope = z.infer<typeof Scope>;

/** Sets of scopes for usual holders. */
export const scopePresets = {
  /** Everything; also what keys made before scopes existed may do. */
  full: Scope.options,
  /** A build that makes assets: what `atlas produce` needs, and no more. */
  produce: ['assets:read', 'assets:write', 'jobs:read', 'jobs:write', 'profiles:read', 'usage:read'],
  /** Who approves or refuses what the gate leaves to a person. */
  review: ['assets:read', 'jobs:read', 'jobs:review', 'policy:read', 'profiles:read'],
  /** A dashboard. */
  'read-only': ['assets:read', 'jobs:read', 'policy:read', 'profiles:read', 'usage:read', 'webhooks:read'],
  /** Who looks after access and policy: no files, no jobs. */
  admin: [
    ...(['audit:read', 'keys:read', 'keys:write', 'policy:read', 'policy:write', 'usage:read'] as const),
    ...(['webhooks:read', 'webhooks:write'] as const),
  ],
} as const satisfies Record<string, readonly Scope[]>;

export const ScopePreset = z.enum(Object.keys(scopePresets) as [keyof typeof scopePresets]);
export type ScopePreset = z.infer<typeof ScopePreset>;

const KeyName = z.string().min(1).max(100).describe('What the key is for.');

/** Longest time that a secret goes on working beside its successor: a week to bring the new one to every place. */
const longestGraceS = 7 * 86_400;

export const ApiKeyRequest = z
  .strictObject({
    name: KeyName,
    scopes: z
      .array(Scope)
      .min(1)
      .transform((scopes) => [...new Set(scopes)].sort())
      .describe('At most the scopes of the key that makes the request.'),
    expiresAt: Timestamp.optional().describe('The key ends then; it never outlives the key that makes the request.'),
  })
  .describe('A key to be made.');
export type ApiKeyRequest = z.infer<typeof ApiKeyRequest>;

export const KeyRotation = z
  .strictObject({
    graceSeconds: z
      .int()
      .min(0)
      .max(longestGraceS)
      .default(86_400)
      .describe('How long the old secret goes on working.'),
  })
  .describe('How to rotate a key.');

/** A key as it is kept. Secrets are kept as hashes only. */
export const ApiKeyDocument = z.strictObject({
  id: KeyId,
  tenantId: TenantId,
  name: z.string(),
  hash: Sha256.describe('SHA-256 of the secret; the secret itself is shown once and not kept.'),
  lastFour: z.string(),
  createdAt: Timestamp,
  scopes: z.array(Scope).optional().describe('Absent on keys from before scopes: these may do everything.'),
  expiresAt: Timestamp.optional(),
  rotatedAt: Timestamp.optional(),
  rotationId: z.string().optional().describe('Names the last rotation, so that a repeated request is told apart.'),
  previous: z.strictObject({ hash: Sha256, validUntil: Timestamp }).optional().describe('The secret before the last.'),
  lastUsedDay: z.iso.date().optional(),
  revokedAt: Timestamp.optional(),
});
export type ApiKeyDocument = z.infer<typeof ApiKeyDocument>;

export const ApiKey = ApiKeyDocument.omit({ tenantId: true, hash: true, previous: true, rotationId: true })
  .extend({
    scopes: z.array(Scope),
    lastFour: z.string().describe('The last characters of the secret.'),
    lastUsedDay: z.iso.date().optional().describe('Last day (UTC) on which the key was used.'),
    previousValidUntil: Timestamp.optional().describe('Until when the secret before the last rotation works.'),
    key: z.string().optional().describe('The key itself; only in the first answer to its creation or rotation.'),
  })
  .describe('An API key, without its secret.');
export type ApiKey = z.infer<typeof ApiKey>;

export const AuditAction = z.enum([
  'key.created',
  'key.rotated',
  'key.revoked',
  'webhook.created',
  'webhook.deleted',
  'webhook.replayed',
  'job.cancelled',
  'job.approved',
  'job.refused',
  'policy.changed',
  'tenant.limits_changed',
  'dead_letter.replayed',
  'dead_letter.dropped',
]);
export type AuditAction = z.infer<typeof AuditAction>;

export const AuditRecord = z
  .strictObject({
    id: z.string(),
    at: Timestamp,
    action: AuditAction,
    actor: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('key'), keyId: KeyId }),
      z.strictObject({ kind: z.literal('operator') }),
      z.strictObject({ kind: z.literal('deadline') }),
    ]),
    requestId: z.string().optional().describe('The request that did it; absent for an operator’s command.'),
    subject: z.string().describe('Id of what it was done to.'),
    detail: z.record(z.string(), z.union([z.string(), z.number(), z.array(z.string())])).optional(),
  })
  .describe('One security-relevant act. Records are only ever added.');
export type AuditRecord = z.infer<typeof AuditRecord>;

export const RefusedDay = z
  .strictObject({ day: z.iso.date(), count: z.int() })
  .describe('Requests of one day (UTC) that named a key of the tenant and were refused.');
export type RefusedDay = z.infer<typeof RefusedDay>;

import { z } from 'zod';
import { AtlasError, type ErrorCode, errorTable } from '../../shared/errors.ts';
import { Scope } from '../../shared/schema/index.ts';
import { problemOf } from '../http-function.ts';
import { answerSchemas, requestSchemas } from './api-schemas.ts';
import type { Route, Success } from './route.ts';

type JsonObject = Record<string, unknown>;

const refTo = (section: string, name: string): JsonObject => ({ $ref: `#/components/${section}/${name}` });

/** JSON Schemas of named zod schemas; where one contains another it refers to it. */
function components(schemas: Record<string, z.ZodType>, io: 'input' | 'output'): JsonObject {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(schemas)) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, { io, uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(made.schemas).map(([name, { $schema: _schema, $id: _id, ...rest }]) => [name, rest]),
  );
}

/** A reference to a named schema, or the schema itself where it has no name. */
function schemaOf(schema: z.ZodType, named: Record<string, z.ZodType>, io: 'input' | 'output'): JsonObject {
  const name = Object.keys(named).find((one) => named[one] === schema);
  if (name) return refTo('schemas', name);
  const { $schema: _schema, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
}

function parameters(schema: z.ZodType | undefined, place: 'path' | 'query'): JsonObject[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = z.toJSONSchema(schema, { io: 'input' });
  return Object.entries(properties).map(([name, property]) => {
    const { description, ...rest } = property as JsonObject;
    const isRequired = place === 'path' || required.includes(name);
    return { name, in: place, required: isRequired, ...(description ? { description } : {}), schema: rest };
  });
}

/** Every code that a route may answer with: its own and those of the way to its handler. */
export function errorCodesOf(route: Route): ErrorCode[] {
  const codes: ErrorCode[] = [...(route.errors ?? []), 'internal'];
  if (!route.open) codes.push('unauthenticated', 'forbidden', 'quota_requests', 'store_unavailable');
  if (route.params) codes.push('not_found');
  if (route.query || route.body || route.method === 'POST') codes.push('invalid_request');
  if (route.body) codes.push('malformed_json', 'json_too_deep', 'body_too_large', 'unsupported_media_type');
  if (route.method === 'POST') codes.push('idempotency_in_flight', 'idempotency_mismatch');
  return [...new Set(codes)].sort();
}

function problems(route: Route): JsonObject {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errorCodesOf(route)) {
    const { status } = errorTable[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [
        String(status),
        {
          description: codes.map((code) => `\`${code}\`: ${errorTable[code].title}.`).join(' '),
          ...(codes.some((code) => errorTable[code].retryable)
            ? { headers: { 'retry-after': { description: 'Seconds to wait.', schema: { type: 'integer' } } } }
            : {}),
          content: {
            'application/problem+json': {
              schema: refTo('schemas', 'Problem'),
              examples: Object.fromEntries(codes.map((code) => [code, refTo('examples', code)])),
            },
          },
        },
      ]),
  );
}

function success({ description, schema, contentType, headers, example }: Success): JsonObject {
  const types = schema || contentType ? [contentType ?? 'application/json'] : [];
  if (contentType === 'text/event-stream') types.push('application/json');
  const content = types.map((type) => [
    type,
    type === 'text/event-stream'
      ? { schema: { type: 'string' } }
      : {
          schema: schema ? schemaOf(schema, answerSchemas, 'output') : { type: 'object' },
          ...(example === undefined ? {} : { example }),
        },
  ]);
  const heads = Object.entries(headers ?? {}).map(([name, text]) => [
    name,
    { description: text, schema: { type: 'string' } },
  ]);
  return {
    description,
    ...(heads.length > 0 ? { headers: Object.fromEntries(heads) } : {}),
    ...(content.length > 0 ? { content: Object.fromEntries(content) } : {}),
  };
}

const headerParameter = (name: string, description: string, schema: JsonObject): JsonObject => ({
  name,
  in: 'header',
  required: false,
  description,
  schema,
});

const idempotencyHeader = headerParameter(
  'Idempotency-Key',
  'Makes a repeat of this request safe for a day: it is answered with the first answer and Idempotent-Replayed: true.',
  { type: 'string', minLength: 1, maxLength: 255 },
);
const lastEventHeader = headerParameter('Last-Event-ID', 'Only events behind this one.', { type: 'string' });

function operation(route: Route): JsonObject {
  const headers = [
    ...(route.method === 'POST' ? [idempotencyHeader] : []),
    ...(route.successes[0].contentType === 'text/event-stream' ? [lastEventHeader] : []),
  ];
  const body = route.body && {
    required: true,
    content: {
      'application/json': {
        schema: schemaOf(route.body, requestSchemas, 'input'),
        ...(route.bodyExample === undefined ? {} : { example: route.bodyExample }),
      },
    },
  };
  return {
    operationId: route.id,
    summary: route.summary,
    security: route.open ? [] : [{ apiKey: [route.scope] }],
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query'), ...headers],
    ...(body ? { requestBody: body } : {}),
    responses: {
      ...Object.fromEntries(route.successes.map((one) => [String(one.status), success(one)])),
      ...problems(route),
    },
  };
}

const exampleProblems = (): JsonObject =>
  Object.fromEntries(
    (Object.keys(errorTable) as ErrorCode[]).map((code) => [
      code,
      {
        summary: errorTable[code].title,
        value: problemOf(new AtlasError(code, '…'), 'req_01jd8m4v9qf3x7t2k5c6n8r0wz'),
      },
    ]),
  );

const apiKeyText =
  'An API key, atl_…. What it may do is told by its scopes; each operation names the one that it needs. ' +
  `All scopes: ${Scope.options.join(', ')}.`;

/** The OpenAPI 3.1 document of a route table: paths, schemas, every problem that can come, and how to sign in. */
export function openapiDocument(routes: readonly Route[], serverUrl: string): JsonObject {
  const paths: Record<string, JsonObject> = {};
  for (const route of routes) {
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Atlas',
      version: '1.0.0',
      description:
        'From generated 3D to shipped assets. Announce a file (POST /v1/uploads), PUT it, start a job (POST /v1/jobs), ' +
        'follow it (GET /v1/jobs/{jobId}/events), download what it made (GET /v1/assets/{assetId}). Errors are RFC 9457 ' +
        'problem documents with a stable `code` and, where a field is to blame, a JSON `pointer`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    servers: [{ url: serverUrl }],
    security: [{ apiKey: [] }],
    paths,
    components: {
      securitySchemes: { apiKey: { type: 'http', scheme: 'bearer', description: apiKeyText } },
      schemas: { ...components(answerSchemas, 'output'), ...components(requestSchemas, 'input') },
      examples: exampleProblems(),
    },
  };
}

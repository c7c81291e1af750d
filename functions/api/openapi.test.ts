import { describe, expect, test } from '@jest/globals';
import { type ErrorCode, errorTable } from '../../shared/errors.ts';
import { JobRequest, Scope } from '../../shared/schema/index.ts';
import { exampleJobRequest } from './api-schemas.ts';
import { errorCodesOf, openapiDocument } from './openapi.ts';
import { routes } from './routes.ts';

type Node = Record<string, unknown>;

/** The document as a client gets it. */
const api: Node = JSON.parse(JSON.stringify(openapiDocument(routes, 'https://atlas.example')));

/** Every object in a value with its JSON pointer. */
function* nodes(value: unknown, pointer = ''): Generator<[string, Node]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield [pointer, value as Node];
  for (const [key, part] of Object.entries(value)) yield* nodes(part, `${pointer}/${key.replaceAll('/', '~1')}`);
}

const at = (pointer: string): unknown =>
  pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((value, key) => (value as Node)?.[key.replaceAll('~1', '/')], api);

const operations = Object.entries(api.paths as Record<string, Record<string, Node>>).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
);

const schemaTypes = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

describe('the OpenAPI document', () => {
  test('has the fixed parts that version 3.1 asks for', () => {
    expect(api.openapi).toBe('3.1.0');
    expect(api.info).toMatchObject({ title: expect.any(String), version: expect.any(String) });
    expect(api.servers).toEqual([{ url: 'https://atlas.example' }]);
    expect(at('/components/securitySchemes/apiKey')).toMatchObject({ type: 'http', scheme: 'bearer' });
  });

  test('describes every route, and each under its own name', () => {
    expect(operations).toHaveLength(routes.length);
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(routes.length);
  });

  test('refers only to what is there', () => {
    const refs = [...nodes(api)].filter(([, node]) => typeof node.$ref === 'string');
    expect(refs.length).toBeGreaterThan(50);
    for (const [pointer, node] of refs) {
      const ref = String(node.$ref);
      expect([pointer, ref, at(ref.slice(1)) !== undefined]).toEqual([pointer, expect.stringMatching(/^#\//), true]);
    }
  });

  test('uses only JSON Schema types that exist, and patterns that compile', () => {
    for (const [pointer, node] of nodes(api)) {
      if (!pointer.includes('schema') || pointer.endsWith('/properties')) continue;
      if (typeof node.type === 'string' && !pointer.includes('example')) {
        if (!pointer.includes('/securitySchemes/')) expect(schemaTypes).toContain(node.type);
      }
      if (typeof node.pattern === 'string') expect(() => new RegExp(node.pattern as string, 'u')).not.toThrow();
      for (const name of Array.isArray(node.required) ? node.required : []) {
        if (node.properties) expect(Object.keys(node.properties)).toContain(name);
      }
    }
  });

  test.each(operations.map(({ path, method, operation }) => [`${method} ${path}`, path, operation] as const))(
    'is whole for %s',
    (_name, path, operation) => {
      expect(operation).toMatchObject({ operationId: expect.any(String), summary: expect.stringMatching(/\.$/) });
      const parameters = operation.parameters as Node[];
      const inPath = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
      expect(inPath.sort()).toEqual([...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort());
      for (const one of parameters) {
        expect(one).toMatchObject({ name: expect.any(String), schema: expect.any(Object) });
        if (one.in === 'path') expect(one.required).toBe(true);
      }
      const responses = operation.responses as Record<string, Node>;
      expect(Object.keys(responses).some((status) => /^[23]/.test(status))).toBe(true);
      for (const [status, response] of Object.entries(responses)) {
        expect(status).toMatch(/^[1-5]\d\d$/);
        expect(response.description).toEqual(expect.any(String));
      }
    },
  );

  test('names a schema for every JSON answer and every body', () => {
    for (const { operation } of operations) {
      const contents = [operation.requestBody, ...Object.values(operation.responses as Node)].flatMap((one) =>
        Object.entries(((one as Node | undefined)?.content ?? {}) as Record<string, Node>),
      );
      for (const [type, { schema }] of contents) {
        if (operation.operationId === 'getOpenapi' && type === 'application/json') continue;
        expect(type.endsWith('json') ? (schema as Node).$ref : 'text').toEqual(expect.any(String));
      }
    }
  });

  test('tells of a request body what may be left out, of an answer what is always there', () => {
    expect(at('/components/schemas/JobRequest/required')).toEqual(['source', 'targets']);
    expect(at('/components/schemas/Job/properties/request/required')).toContain('candidates');
    expect(at('/components/schemas/JobRequest/properties/targets/description')).toMatch(/Target profiles/);
  });

  test('shows an example that the schema takes', () => {
    const media = at('/paths/~1v1~1jobs/post/requestBody/content/application~1json') as Node;
    expect(media.example).toEqual(exampleJobRequest);
    expect(JobRequest.parse(media.example).candidates).toBe(1);
  });

  test('asks for a key everywhere but on open routes', () => {
    expect(api.security).toEqual([{ apiKey: [] }]);
    const open = operations.filter(({ operation }) => (operation.security as unknown[]).length === 0);
    expect(open.map(({ path }) => path).sort()).toEqual(['/health', '/healthz', '/openapi.json', '/v1/receipt-keys']);
  });

  test('names for every other route the scope that its key needs', () => {
    for (const route of routes.filter(({ open }) => !open)) {
      const place = `/paths/${route.path.replaceAll('/', '~1')}/${route.method.toLowerCase()}/security`;
      expect([route.id, Scope.options.includes(route.scope as Scope)]).toEqual([route.id, true]);
      expect(at(place)).toEqual([{ apiKey: [route.scope] }]);
    }
    expect(new Set(routes.map(({ scope }) => scope).filter(Boolean))).toEqual(new Set(Scope.options));
  });
});

describe('the error table', () => {
  const codes = Object.keys(errorTable) as ErrorCode[];

  test.each(codes)('is in the document as an example: %s', (code) => {
    const { status, title, remedy } = errorTable[code];
    expect(at(`/components/examples/${code}/value`)).toMatchObject({ code, status, title, remedy });
  });

  test('is told under the status of each code on every route that can answer it', () => {
    for (const route of routes) {
      for (const code of errorCodesOf(route)) {
        const path = route.path.replaceAll('/', '~1');
        const place = `/paths/${path}/${route.method.toLowerCase()}/responses/${errorTable[code].status}`;
        expect(at(`${place}/content/application~1problem+json/examples/${code}`)).toBeDefined();
      }
    }
  });
});

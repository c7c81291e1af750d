import { defineRoute, type Route } from '../route.ts';

/** The route that describes all routes, itself among them. */
export const getOpenapi = (routes: () => readonly Route[]): Route =>
  defineRoute({
    id: 'getOpenapi',
    method: 'GET',
    path: '/openapi.json',
    summary: 'This description.',
    open: true,
    successes: [{ status: 200, description: 'OpenAPI 3.1.', contentType: 'application/json' }],
    async handler({ deps }) {
      // Loaded when first asked for: no other request needs the generator.
      const { openapiDocument } = await import('../openapi.ts');
      return { status: 200, json: openapiDocument(routes(), deps.settings.publicUrl) };
    },
  });

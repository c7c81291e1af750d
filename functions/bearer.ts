import type { IncomingMessage } from 'node:http';

/** The token of `Authorization: Bearer …`, if the request has one. */
export const bearer = (req: IncomingMessage): string | undefined =>
  /^Bearer (.+)$/.exec(req.headers.authorization ?? '')?.[1];

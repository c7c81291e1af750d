import type { HttpFunction } from '@google-cloud/functions-framework';
import { errorTable, toAtlasError } from '../shared/errors.ts';
import { describeError } from '../shared/log.ts';
import { bearer } from './bearer.ts';
import type { Deps } from './context.ts';

/**
 * Makes a private function answer only to callers that `deps.identity` knows: the workflow, the deliverer of events, the
 * scheduler. Anybody else is refused with 401 and logged, without the token; while it cannot be told who calls, nobody is
 * let in and the answer is 503.
 */
export function admitService(
  deps: Pick<Deps, 'identity' | 'log' | 'settings'>,
  name: string,
  handle: HttpFunction,
): HttpFunction {
  return async (req, res) => {
    try {
      const caller = await deps.identity.verify(bearer(req), deps.settings.functionsUrl);
      if (!caller) {
        deps.log('WARNING', 'identity token refused', { function: name, method: req.method });
        res.status(401).end();
        return;
      }
    } catch (thrown) {
      const { code } = toAtlasError(thrown);
      deps.log('ERROR', 'identity token not checked', { function: name, error: describeError(thrown) });
      res.status(errorTable[code].status).end();
      return;
    }
    await handle(req, res);
  };
}

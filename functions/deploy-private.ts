import { type CloudEvent, type HttpFunction, http } from '@google-cloud/functions-framework';
import { admitService } from './admit-service.ts';
import type { Deps } from './context.ts';
import { deployedDeps } from './deps.ts';
import { eventEndpoint } from './event-endpoint.ts';
import { onFirstUse } from './on-first-use.ts';

/** Registers a function that services of ours call over HTTP; its ports are composed at the first call. */
export function deployPrivate(name: string, make: (deps: Deps) => HttpFunction): void {
  http(
    name,
    onFirstUse(() => {
      const deps = deployedDeps(process.env);
      return admitService(deps, name, make(deps));
    }),
  );
}

/** Registers a function that Eventarc delivers to. */
export const deployEvents = (name: string, make: (deps: Deps) => (event: CloudEvent<unknown>) => Promise<void>): void =>
  deployPrivate(name, (deps) => eventEndpoint(deps.log, make(deps)));

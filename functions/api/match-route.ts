import { AtlasError } from '../../shared/errors.ts';
import type { ProblemExtras } from '../http-function.ts';
import type { Route } from './route.ts';

class MethodNotAllowed extends AtlasError implements ProblemExtras {
  readonly headers: Record<string, string>;

  constructor(allow: readonly string[]) {
    super('method_not_allowed', `Allowed here: ${allow.join(', ')}.`);
    this.headers = { allow: allow.join(', ') };
  }
}

export interface MatchedRoute {
  readonly route: Route;
  readonly params: Record<string, string>;
}

const patternOf = (path: string): RegExp =>
  new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/:]+)')}$`);

/**
 * Finds the route of a request; HEAD is answered as GET.
 *
 * @throws AtlasError not_found, method_not_allowed
 */
export function routeMatcher(routes: readonly Route[]): (method: string, path: string) => MatchedRoute {
  const rows = routes.map((route) => ({ route, pattern: patternOf(route.path) }));
  return (method, path) => {
    const wanted = method === 'HEAD' ? 'GET' : method;
    const allowed = new Set<string>();
    for (const { route, pattern } of rows) {
      const match = pattern.exec(path);
      if (match && route.method === wanted) return { route, params: { ...match.groups } };
      if (match) allowed.add(route.method);
    }
    if (allowed.size === 0) throw new AtlasError('not_found', 'There is nothing at this address.');
    if (allowed.has('GET')) allowed.add('HEAD');
    throw new MethodNotAllowed([...allowed].sort());
  };
}

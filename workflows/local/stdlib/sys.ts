import { std, stringArg } from './std-function.ts';

/** The functions of the module `sys` that do not block; `sys.log` and `sys.sleep` are in `calls/`. */
export const sysFunctions = [
  std('sys.now', [], (_, host) => host.now() / 1000),
  std('sys.get_env', ['name', 'default?'], ([name, fallback], host) => {
    const otherwise = fallback === null ? null : stringArg(fallback, 'default');
    return host.environment(stringArg(name, 'name')) ?? otherwise;
  }),
];

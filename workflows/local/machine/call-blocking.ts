import { limits } from '../limits.ts';
import { type BindableParameter, bindArgs } from '../stdlib/bind-arguments.ts';
import { mapArg, numberArg, stringArg } from '../stdlib/std-function.ts';
import { parseTime } from '../stdlib/time.ts';
import { isList, isMap, typeName, type Value } from '../value.ts';
import { languageError } from '../workflow-error.ts';
import type { MachineHost } from './machine-host.ts';
import type { MachineState, Pending, Task } from './state.ts';

type Begun = { readonly done: Value } | { readonly wait: Omit<Pending, 'operation' | 'target' | 'args'> };

interface BlockingCall {
  readonly parameters: readonly BindableParameter[];
  /** Answers at once, or says what the task has to wait for. */
  begin(args: readonly Value[], machine: MachineState, host: MachineHost): Begun;
}

const optional = (...names: string[]) => names.map((name): BindableParameter => ({ name, fallback: null }));
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];
const severities = 'DEFAULT DEBUG INFO NOTICE WARNING ERROR CRITICAL ALERT EMERGENCY'.split(' ');

const outside = (kind: 'http' | 'connector') => (): Begun => ({ wait: { kind, due: null, callback: null } });

/** Parameters in the order of Google's pages: `args` may be a list. */
function httpCall(required: string[], ...more: string[]): BlockingCall {
  const common = optional('timeout', ...more, 'headers', 'query', 'auth', 'private_service_name', 'ca_certificate');
  return { parameters: [...required.map((name) => ({ name })), ...common], begin: outside('http') };
}

/** The calls that may take time or change the world. They stand in call steps only, never in expressions. */
export const blockingCalls: ReadonlyMap<string, BlockingCall> = new Map<string, BlockingCall>([
  ['http.get', httpCall(['url'])],
  ['http.post', httpCall(['url'], 'body')],
  ['http.put', httpCall(['url'], 'body')],
  ['http.patch', httpCall(['url'], 'body')],
  ['http.delete', httpCall(['url'], 'body')],
  ['http.request', httpCall(['method', 'url'], 'body')],
  ['sys.log', { parameters: optional('data', 'severity', 'text', 'json', 'timeout'), begin: log }],
  ['sys.sleep', { parameters: [{ name: 'seconds' }], begin: sleep }],
  ['sys.sleep_until', { parameters: [{ name: 'time' }], begin: sleepUntil }],
  [
    'events.create_callback_endpoint',
    { parameters: [{ name: 'http_callback_method', fallback: 'POST' }], begin: createCallback },
  ],
  [
    'events.await_callback',
    {
      parameters: [{ name: 'callback' }, { name: 'timeout', fallback: BigInt(limits.callbackTimeoutSeconds) }],
      begin: awaitCallback,
    },
  ],
]);

const connectorCall = outside('connector');

/** Begins a blocking call of the standard library or a connector. Answers its result when there is nothing to wait for. */
export function callBlocking(
  machine: MachineState,
  host: MachineHost,
  task: Task,
  target: string,
  args: Value,
): { readonly done: Value } | undefined {
  const begun = begin(machine, host, target, args);
  if ('done' in begun) return begun;
  machine.lastOperation += 1;
  task.pending = { operation: machine.lastOperation, target, args: byName(target, args), ...begun.wait };
  return undefined;
}

/** The arguments as a map, whichever way they were given. */
function byName(target: string, args: Value): Value {
  if (!isList(args)) return args;
  const parameters = blockingCalls.get(target)?.parameters ?? [];
  return new Map(args.map((value, index) => [parameters[index]!.name, value]));
}

function begin(machine: MachineState, host: MachineHost, target: string, args: Value): Begun {
  const call = blockingCalls.get(target);
  if (call !== undefined) return call.begin(bindArgs(target, call.parameters, args), machine, host);
  if (host.isConnector(target)) {
    if (args === null || isMap(args)) return connectorCall();
    throw languageError('TypeError', `the args of ${target} must be a map, not ${typeName(args)}`);
  }
  throw languageError('TypeError', `${target} is not a function that can be called`);
}

function log([data, severity, text, json]: readonly Value[], _: MachineState, host: MachineHost): Begun {
  const level = severity === null ? 'DEFAULT' : stringArg(severity, 'severity');
  if (!severities.includes(level)) throw languageError('ValueError', `unknown severity: ${level}`);
  const [payload, ...more] = [data!, text!, json!].filter((value) => value !== null);
  if (payload === undefined || more.length > 0) {
    throw languageError('TypeError', 'sys.log takes exactly one of data, text and json');
  }
  if (json !== null) mapArg(json, 'json');
  if (payload instanceof Uint8Array) throw languageError('TypeError', 'bytes cannot be logged');
  host.log({ severity: level, data: payload });
  return { done: null };
}

function dueIn(length: bigint | number, what: string, host: MachineHost): number {
  const seconds = Number(length);
  if (seconds >= 0 && seconds <= limits.longestWaitSeconds) return host.now() + seconds * 1000;
  throw languageError('ValueError', `${what} must be between 0 and ${limits.longestWaitSeconds}`);
}

function sleep([seconds]: readonly Value[], _: MachineState, host: MachineHost): Begun {
  return { wait: { kind: 'sleep', due: dueIn(numberArg(seconds, 'seconds'), 'seconds', host), callback: null } };
}

function sleepUntil([time]: readonly Value[]): Begun {
  return { wait: { kind: 'sleep', due: parseTime(stringArg(time, 'time')) * 1000, callback: null } };
}

function createCallback([method]: readonly Value[], machine: MachineState, host: MachineHost): Begun {
  const name = stringArg(method, 'http_callback_method');
  if (!methods.includes(name)) throw languageError('ValueError', `unknown HTTP method: ${name}`);
  const id = host.uuid();
  machine.callbacks.set(id, { method: name, payload: undefined });
  return { done: new Map([['url', host.callbackUrl(id)]]) };
}

function awaitCallback([callback, timeout]: readonly Value[], machine: MachineState, host: MachineHost): Begun {
  const url = stringArg(mapArg(callback, 'callback').get('url') ?? null, 'callback.url');
  const id = url.slice(url.lastIndexOf('/') + 1);
  const endpoint = machine.callbacks.get(id);
  if (endpoint === undefined) throw languageError('ValueError', 'the callback was not created by this execution');
  const { payload } = endpoint;
  if (payload !== undefined) {
    endpoint.payload = undefined;
    return { done: payload };
  }
  const due = dueIn(numberArg(timeout, 'timeout'), 'timeout', host);
  return { wait: { kind: 'callback', due, callback: id } };
}

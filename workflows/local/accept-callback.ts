import { readBody } from './calls/http-body.ts';
import type { CallbackRequest } from './executor-interface.ts';
import type { LiveExecution } from './live-execution.ts';
import { deliver } from './machine/run-machine.ts';
import { RequestError } from './request-error.ts';
import type { Value } from './value.ts';

/** Google's answer for a callback that is not there, or no longer. */
export function callbackNotFound({ execution, callbackId }: CallbackRequest): RequestError {
  return new RequestError('NOT_FOUND', `callback ${execution}/callbacks/${callbackId} was not found`);
}

/** Gives a callback to the task that awaits it, or keeps it until one does. @throws RequestError */
export function acceptCallback(live: LiveExecution, request: CallbackRequest, now: number): void {
  const { machine, host } = live;
  const endpoint = machine.callbacks.get(request.callbackId);
  if (endpoint === undefined || machine.outcome !== null) throw callbackNotFound(request);
  if (endpoint.method !== request.method) {
    throw new RequestError('METHOD_NOT_ALLOWED', `this callback takes ${endpoint.method}`);
  }
  const payload = callbackPayload(request, now);
  const waiting = [...machine.tasks.values()].find(({ pending }) => pending?.callback === request.callbackId);
  if (waiting !== undefined) {
    deliver(machine, host, waiting, waiting.pending!.operation, { value: payload });
    return;
  }
  if (endpoint.payload !== undefined) {
    throw new RequestError('RESOURCE_EXHAUSTED', 'a callback is waiting to be read already');
  }
  endpoint.payload = payload;
}

function callbackPayload({ body, headers = {}, method, query = {}, ...request }: CallbackRequest, now: number): Value {
  const names = new Map<string, Value>(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  let content: Value;
  try {
    content = readBody(body ?? new Uint8Array(), String(names.get('content-type') ?? ''), 'raise');
  } catch (cause) {
    throw new RequestError('INVALID_ARGUMENT', 'the body is not valid JSON', { cause });
  }
  return new Map<string, Value>([
    [
      'http_request',
      new Map<string, Value>([
        ['body', content],
        ['headers', names],
        ['method', method],
        ['query', new Map<string, Value>(Object.entries(query))],
        ['url', `/v1/${request.execution}/callbacks/${request.callbackId}`],
      ]),
    ],
    ['received_time', new Date(now).toISOString()],
    ['type', 'HTTP'],
  ]);
}

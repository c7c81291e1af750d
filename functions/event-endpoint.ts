import type { CloudEvent, HttpFunction } from '@google-cloud/functions-framework';
import { toAtlasError } from '../shared/errors.ts';
import { describeError, type Log } from '../shared/log.ts';
import { inTraceOf } from './delivery-span.ts';

/** What a CloudEvent is never without; https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md */
const attributesNeeded = ['id', 'source', 'specversion', 'type'] as const;

/** The attributes of an event in binary mode, which is how Eventarc sends: each is a header that begins with `ce-`. */
function attributesOf(headers: Record<string, string | string[] | undefined>): Record<string, string> {
  const found = Object.entries(headers).filter(([name]) => name.startsWith('ce-'));
  return Object.fromEntries(found.map(([name, value]) => [name.slice('ce-'.length), String(value)]));
}

/**
 * Makes an HTTP function of one that handles events. The framework’s own wrapper hides the request’s headers, and with
 * them who calls; and it answers with the text of the error. Here 204 takes the message, 400 and 500 give it back to the
 * bus, and the answer tells the error’s code only.
 */
export function eventEndpoint(log: Log, handle: (event: CloudEvent<unknown>) => Promise<void>): HttpFunction {
  return async (req, res) => {
    const attributes = attributesOf(req.headers);
    const missing = attributesNeeded.filter((name) => !attributes[name]);
    if (req.method !== 'POST' || missing.length > 0) {
      log('WARNING', 'not a CloudEvent', { method: req.method, missing });
      res.status(400).send('invalid_request');
      return;
    }
    const event = { ...attributes, data: req.body } as unknown as CloudEvent<unknown>;
    await inTraceOf(event, async () => {
      try {
        await handle(event);
        res.status(204).end();
      } catch (thrown) {
        const { code } = toAtlasError(thrown);
        log(code === 'internal' ? 'ERROR' : 'WARNING', 'event given back', {
          eventId: attributes.id,
          error: describeError(thrown),
        });
        res.status(500).send(code);
      }
    });
  };
}

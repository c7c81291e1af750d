import type { ServerResponse } from 'node:http';
import { errorTable } from '../../../errors.ts';
import { newId } from '../../../ids.ts';
import type { GcsFault } from './gcs-fault.ts';

/** `json` and `xml` as Cloud Storage’s two APIs; `problem` as the local mode’s own API (RFC 9457). */
export type FaultForm = 'json' | 'xml' | 'problem';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function rendered(fault: GcsFault, form: FaultForm, requestId: string): { status: number; type: string; body: string } {
  const { status, message } = fault;
  if (form === 'json') {
    const errors = [{ message, domain: 'global', reason: fault.reason }];
    const body = JSON.stringify({ error: { code: status, message, errors } });
    return { status, type: 'application/json; charset=UTF-8', body };
  }
  if (form === 'xml') {
    const body = `<?xml version='1.0' encoding='UTF-8'?><Error><Code>${fault.xmlCode}</Code><Message>${escaped(message)}</Message></Error>`;
    return { status, type: 'application/xml; charset=UTF-8', body };
  }
  const { status: problemStatus, title, remedy } = errorTable[fault.atlasCode];
  const problem = { type: 'about:blank', title, status: problemStatus, code: fault.atlasCode, detail: message };
  const body = JSON.stringify({ ...problem, remedy, requestId });
  return { status: problemStatus, type: 'application/problem+json', body };
}

/**
 * Answers with a fault. The connection is kept, and what is left of the body is read and dropped: a client that is still
 * sending when the connection is cut may never get to read why.
 */
export function writeFault(res: ServerResponse, fault: GcsFault, form: FaultForm): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const requestId = newId('req');
  const { status, type, body } = rendered(fault, form, requestId);
  res.writeHead(status, { 'content-type': type, 'cache-control': 'no-store', 'x-request-id': requestId });
  res.end(res.req.method === 'HEAD' ? undefined : body);
  res.req.resume();
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { GcsFault, toFault } from './gcs-fault.ts';
import { answerJson, readJson } from './gcs-request.ts';
import type { UrlKey } from './url-key.ts';
import { writeFault } from './write-fault.ts';

/**
 * Signs text in the name of `account`, as IAM does for a program that has no private key.
 * https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signBlob
 */
export async function signBlob(
  keys: readonly UrlKey[],
  account: string,
  req: IncomingMessage,
  res: ServerResponse,
): Promise<void> {
  try {
    const { payload } = await readJson(req);
    if (typeof payload !== 'string') throw new GcsFault('invalid', 'Required: payload');
    const key = keys.find(({ accessId, algorithm }) => accessId === account && algorithm === 'GOOG4-RSA-SHA256');
    if (!key) throw new GcsFault('noSuchRoute', `There is no service account ${account}.`);
    const signature = key.sign(Buffer.from(payload, 'base64').toString('utf8'), '');
    answerJson(res, { keyId: account, signedBlob: signature.toString('base64') });
  } catch (error) {
    writeFault(res, toFault(error), 'json');
  }
}

import { expect, test } from '@jest/globals';
import { AtlasError } from '../../errors.ts';
import { fromGoogleError } from './google-error.ts';

const grpc = (code: number, message: string): Error => Object.assign(new Error(message), { code });

test.each([
  ['a store that is not there', 14, 'UNAVAILABLE: no connection', 'store_unavailable'],
  ['a lost transaction', 10, 'ABORTED: too much contention', 'store_unavailable'],
  ['a transaction that was given up', 3, 'INVALID_ARGUMENT: The transaction has expired', 'store_unavailable'],
  ['a document that is too large', 3, 'INVALID_ARGUMENT: exceeds the maximum allowed size', 'count_over_limit'],
  ['any other refusal', 3, 'INVALID_ARGUMENT: bad field', 'internal'],
])('%s becomes our own error', (_, code, message, ours) => {
  expect(fromGoogleError(grpc(code, message), 'Firestore')).toMatchObject({ code: ours });
});

test('an error that is not of Google’s clients stays what it is', () => {
  const ours = new AtlasError('not_found', 'nothing');
  expect(fromGoogleError(ours, 'Firestore')).toBe(ours);
  expect(fromGoogleError(grpc(99, 'strange'), 'Firestore')).toMatchObject({ message: 'strange' });
});

import { ReceiptKeys } from '../api-schemas.ts';
import { defineRoute } from '../route.ts';

export const listReceiptKeys = defineRoute({
  id: 'listReceiptKeys',
  method: 'GET',
  path: '/v1/receipt-keys',
  summary: 'The public keys to verify receipts with.',
  open: true,
  successes: [{ status: 200, description: 'The keys.', schema: ReceiptKeys }],
  async handler({ deps }) {
    const { keyId, publicKeyPem } = await deps.signer.key();
    return { status: 200, json: { keys: [{ keyId, algorithm: 'Ed25519', publicKeyPem }] } };
  },
});

import { join, resolve } from 'node:path';
import { fileUrlKey } from '../../shared/adapters/local/file-keys.ts';
import { startGcsServer } from '../../shared/adapters/local/gcs/gcs-server.ts';

/** The server that stands in for Cloud Storage, as a program. Arguments: the folder that it keeps, the port (0: a free one). */
const [folder = '.storage-emulator', port = '0'] = process.argv.slice(2);
const root = resolve(folder);
const { url } = await startGcsServer(root, {
  port: Number(port),
  keys: [fileUrlKey(join(root, 'url-rsa.pem'))],
  clock: { now: () => new Date() },
});
process.stdout.write(`STORAGE_EMULATOR_HOST=${url}\n`);

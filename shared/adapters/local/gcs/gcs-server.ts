import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../../ports/index.ts';
import {
  createBucket,
  createNotification,
  deleteBucket,
  deleteNotification,
  getBucket,
  getNotification,
  listBuckets,
  listNotifications,
  patchBucket,
} from './bucket-routes.ts';
import { folderBuckets, type GcsBuckets } from './gcs-buckets.ts';
import { GcsFault, toFault } from './gcs-fault.ts';
import type { GcsHandler, GcsRequest, ObjectEvent } from './gcs-request.ts';
import { insertObject } from './insert-object.ts';
import { listObjects } from './list-objects.ts';
import { objectResource } from './object-resource.ts';
import { composeObject, copyObject, deleteObject, getObject, patchObject, rewriteObject } from './object-routes.ts';
import { beginUpload, continueUpload } from './resumable-upload.ts';
import { signBlob } from './sign-blob.ts';
import { signedObjects } from './signed-objects.ts';
import type { UrlKey } from './url-key.ts';
import { writeFault } from './write-fault.ts';

/** What a notification sends to its topic. */
export interface Notification {
  readonly topic: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The object’s resource as JSON. */
  readonly data: string;
}

const name = '([^/]+)';
const object = `/b/${name}/o/${name}`;

/** The JSON API. Longer paths stand first where one begins like another. */
const routes: readonly (readonly [string, string, GcsHandler])[] = [
  ['GET', '/b', listBuckets],
  ['POST', '/b', createBucket],
  ['GET', `/b/${name}`, getBucket],
  ['PATCH', `/b/${name}`, patchBucket],
  ['DELETE', `/b/${name}`, deleteBucket],
  ['GET', `/b/${name}/notificationConfigs`, listNotifications],
  ['POST', `/b/${name}/notificationConfigs`, createNotification],
  ['GET', `/b/${name}/notificationConfigs/${name}`, getNotification],
  ['DELETE', `/b/${name}/notificationConfigs/${name}`, deleteNotification],
  ['GET', `/b/${name}/o`, listObjects],
  ['POST', `${object}/compose`, composeObject],
  ['POST', `${object}/copyTo/b/${name}/o/${name}`, copyObject],
  ['POST', `${object}/rewriteTo/b/${name}/o/${name}`, rewriteObject],
  ['GET', object, getObject],
  ['PATCH', object, patchObject],
  ['DELETE', object, deleteObject],
];

/** Uploads, by their type. */
const uploads: Readonly<Record<string, GcsHandler | undefined>> = {
  'POST media': insertObject,
  'POST multipart': insertObject,
  'POST resumable': beginUpload,
  'PUT resumable': continueUpload,
  'DELETE resumable': continueUpload,
};

/** The one call of IAM’s credentials API that Google’s client makes. */
const signingRoute = /^\/v1\/projects\/-\/serviceAccounts\/([^/:]+):signBlob$/;

const compiled = routes.map(([method, path, handler]) => ({ method, path: new RegExp(`^${path}$`), handler }));

function routeOf(method: string, path: string, query: URLSearchParams): { handler: GcsHandler; names: string[] } {
  const upload = /^\/upload\/storage\/v1\/b\/([^/]+)\/o$/.exec(path);
  const handler = uploads[`${method} ${query.get('uploadType')}`];
  if (upload && handler !== undefined) return { handler, names: upload.slice(1).map(decodeURIComponent) };
  // With STORAGE_EMULATOR_HOST Google’s client leaves out /storage/v1.
  const below = path.replace(/^(\/download)?\/storage\/v1/, '');
  for (const route of compiled) {
    const match = route.method === method ? route.path.exec(below) : null;
    if (match) return { handler: route.handler, names: match.slice(1).map(decodeURIComponent) };
  }
  throw new GcsFault('noSuchRoute', `No such call: ${method} ${path}`);
}

/** Sends an event to the topics whose configs ask for it. */
function announcer(buckets: GcsBuckets, publish: (notification: Notification) => void | Promise<void>) {
  return async (event: ObjectEvent, bucket: string, resource: Record<string, unknown>): Promise<void> => {
    for (const config of (await buckets.settings(bucket)).notifications) {
      if (config.event_types && !config.event_types.includes(event)) continue;
      if (!String(resource.name).startsWith(config.object_name_prefix ?? '')) continue;
      const attributes = {
        ...config.custom_attributes,
        ...{ eventType: event, bucketId: bucket, objectId: String(resource.name) },
        ...{ objectGeneration: String(resource.generation), eventTime: new Date().toISOString() },
        ...{ notificationConfig: `projects/_/buckets/${bucket}/notificationConfigs/${config.id}` },
        payloadFormat: config.payload_format ?? 'JSON_API_V1',
      };
      const data = config.payload_format === 'NONE' ? '' : JSON.stringify(resource);
      await publish({ topic: config.topic.replace(/^\/\/pubsub\.googleapis\.com\//, ''), attributes, data });
    }
  };
}

export interface GcsServerSettings {
  readonly buckets: GcsBuckets;
  /** Whose signed URLs count. */
  readonly keys: readonly UrlKey[];
  readonly clock: Clock;
  readonly publish?: (notification: Notification) => void | Promise<void>;
}

/**
 * Cloud Storage over folders of this disk: the JSON API and IAM’s signBlob, open to whoever reaches them, and signed
 * URLs, which are checked. For tests; what others can reach must be `signedObjects` alone.
 */
export function gcsHandler(settings: GcsServerSettings): (req: IncomingMessage, res: ServerResponse) => Promise<void> {
  const { buckets, publish = () => undefined } = settings;
  const announce = announcer(buckets, publish);
  const signed = signedObjects({
    ...{ keys: settings.keys, clock: settings.clock, faults: 'xml', bucket: buckets.get },
    made: (bucket, info) => announce('OBJECT_FINALIZE', bucket, objectResource('', bucket, info)),
  });
  return async (req, res) => {
    const [path = '/', search = ''] = (req.url ?? '/').split(/\?(.*)/s);
    const [, account] = (req.method === 'POST' && signingRoute.exec(path)) || [];
    if (account !== undefined) return signBlob(settings.keys, decodeURIComponent(account), req, res);
    if (!/^(\/(upload|download))?\/storage\/v1\/|^\/b(\/|$)/.test(path)) return signed(req, res);
    try {
      const query = new URLSearchParams(search);
      const { handler, names } = routeOf(req.method ?? 'GET', path, query);
      const request: GcsRequest = {
        ...{ req, res, names, query, buckets, announce },
        origin: `http://${req.headers.host}`,
      };
      await handler(request);
    } catch (error) {
      writeFault(res, toFault(error), 'json');
    }
  };
}

export interface GcsServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Starts Cloud Storage below `folder` on a port of this machine; port 0 takes a free one. */
export async function startGcsServer(
  folder: string,
  settings: Omit<GcsServerSettings, 'buckets'> & { port?: number },
): Promise<GcsServer> {
  const handle = gcsHandler({ ...settings, buckets: folderBuckets(folder) });
  const server = createServer((req, res) => void handle(req, res));
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(settings.port ?? 0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

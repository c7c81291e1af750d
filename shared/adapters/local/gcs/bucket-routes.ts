import { newId } from '../../../ids.ts';
import type { BucketSettings, NotificationConfig } from './gcs-buckets.ts';
import { GcsFault } from './gcs-fault.ts';
import { answerJson, bucketOf, type GcsRequest, readJson } from './gcs-request.ts';

function bucketResource({ origin }: GcsRequest, name: string, settings: BucketSettings): Record<string, unknown> {
  return {
    location: 'LOCAL',
    storageClass: 'STANDARD',
    ...settings.shown,
    kind: 'storage#bucket',
    id: name,
    name,
    selfLink: `${origin}/storage/v1/b/${name}`,
    projectNumber: '0',
    metageneration: String(settings.metageneration),
    timeCreated: settings.timeCreated,
    updated: settings.timeCreated,
  };
}

export async function createBucket(request: GcsRequest): Promise<void> {
  const { name, ...shown } = await readJson(request.req);
  if (typeof name !== 'string') throw new GcsFault('invalid', 'Required: name');
  await request.buckets.create(name, shown);
  answerJson(request.res, bucketResource(request, name, await request.buckets.settings(name)));
}

export async function listBuckets(request: GcsRequest): Promise<void> {
  const prefix = request.query.get('prefix') ?? '';
  const names = (await request.buckets.names()).filter((name) => name.startsWith(prefix));
  const items = await Promise.all(
    names.map(async (name) => bucketResource(request, name, await request.buckets.settings(name))),
  );
  answerJson(request.res, { kind: 'storage#buckets', items });
}

export async function getBucket(request: GcsRequest): Promise<void> {
  const [name = ''] = request.names;
  await bucketOf(request, name);
  answerJson(request.res, bucketResource(request, name, await request.buckets.settings(name)));
}

export async function patchBucket(request: GcsRequest): Promise<void> {
  const [name = ''] = request.names;
  await bucketOf(request, name);
  const change = await readJson(request.req);
  const settings = await request.buckets.change(name, (before) => ({
    ...before,
    shown: { ...before.shown, ...change },
  }));
  answerJson(request.res, bucketResource(request, name, settings));
}

export async function deleteBucket(request: GcsRequest): Promise<void> {
  const [name = ''] = request.names;
  await bucketOf(request, name);
  await request.buckets.remove(name);
  request.res.writeHead(204).end();
}

/** Notification configs: which events of a bucket go to which topic. */
const shown = ({ origin }: GcsRequest, name: string, config: NotificationConfig) => ({
  kind: 'storage#notification',
  selfLink: `${origin}/storage/v1/b/${name}/notificationConfigs/${config.id}`,
  etag: config.id,
  ...config,
});

export async function createNotification(request: GcsRequest): Promise<void> {
  const [name = ''] = request.names;
  await bucketOf(request, name);
  const wanted = (await readJson(request.req)) as unknown as NotificationConfig;
  if (typeof wanted.topic !== 'string') throw new GcsFault('invalid', 'Required: topic');
  const config = { payload_format: 'JSON_API_V1', ...wanted, id: newId('n') };
  await request.buckets.change(name, (before) => ({ ...before, notifications: [...before.notifications, config] }));
  answerJson(request.res, shown(request, name, config));
}

export async function listNotifications(request: GcsRequest): Promise<void> {
  const [name = ''] = request.names;
  const { notifications } = await request.buckets.settings(name);
  const items = notifications.map((config) => shown(request, name, config));
  answerJson(request.res, { kind: 'storage#notifications', items });
}

/** @throws GcsFault noSuchRoute */
async function notification({ buckets, names }: GcsRequest): Promise<NotificationConfig> {
  const [name = '', id] = names;
  const found = (await buckets.settings(name)).notifications.find((config) => config.id === id);
  if (!found) throw new GcsFault('noSuchRoute', 'There is no such notification.');
  return found;
}

export async function getNotification(request: GcsRequest): Promise<void> {
  answerJson(request.res, shown(request, request.names[0] ?? '', await notification(request)));
}

export async function deleteNotification(request: GcsRequest): Promise<void> {
  const { id } = await notification(request);
  await request.buckets.change(request.names[0] ?? '', (before) => ({
    ...before,
    notifications: before.notifications.filter((config) => config.id !== id),
  }));
  request.res.writeHead(204).end();
}

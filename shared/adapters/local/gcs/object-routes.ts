import { checkedKey } from '../../../ports/index.ts';
import { type DiskBucket, holds, type Preconditions } from '../disk-bucket.ts';
import type { ObjectAttributes, OpenObject, StoredObject } from '../disk-object.ts';
import { conditionNotMet, GcsFault, noObject } from './gcs-fault.ts';
import { answerJson, answerMade, bucketOf, type GcsRequest, readJson, resourceOf, settled } from './gcs-request.ts';
import { attributesOf, preconditionsOf, withChecksum } from './object-resource.ts';
import { sendObject } from './send-object.ts';

/** Opens an object in the generation that is asked for. @throws GcsFault noSuchKey, preconditionFailed */
async function opened(
  request: GcsRequest,
  name: string,
  key: string,
  when: Preconditions,
  generation: string | null,
): Promise<OpenObject> {
  const object = await (await bucketOf(request, name)).open(checkedKey(key));
  const fits = object && (generation === null || generation === object.info.generation);
  if (fits && holds(when, object.info)) return object;
  await object?.close();
  throw fits ? conditionNotMet() : noObject(name, key);
}

export async function getObject(request: GcsRequest): Promise<void> {
  const { req, res, names, query } = request;
  const [name = '', key = ''] = names;
  const object = await opened(request, name, key, preconditionsOf(query), query.get('generation'));
  if (query.get('alt') === 'media') {
    const info = await withChecksum(await bucketOf(request, name), object.info);
    await sendObject({ ...object, info }, req, res, new URLSearchParams());
    return;
  }
  await object.close();
  answerJson(res, await resourceOf(request, name, object.info));
}

export async function patchObject(request: GcsRequest): Promise<void> {
  const { req, res, names, query } = request;
  const [name = '', key = ''] = names;
  const change = await readJson(req);
  const { metadata, ...attributes } = attributesOf(change);
  // A patch adds to the custom metadata; null removes one, or all.
  const removed = Object.entries(change.metadata ?? {}).flatMap(([one, value]) => (value === null ? [one] : []));
  const merged = (before: StoredObject['metadata'] = {}) => {
    const kept = change.metadata === null ? [] : Object.entries(before).filter(([one]) => !removed.includes(one));
    return {
      ...attributes,
      ...(metadata === undefined ? {} : { metadata: { ...Object.fromEntries(kept), ...metadata } }),
    };
  };
  const disk = await bucketOf(request, name);
  const patched = await disk.patch(checkedKey(key), (before) => merged(before.metadata), preconditionsOf(query));
  const info = settled(patched, name, key);
  const resource = await resourceOf(request, name, info);
  await request.announce('OBJECT_METADATA_UPDATE', name, resource);
  answerJson(res, resource);
}

export async function deleteObject(request: GcsRequest): Promise<void> {
  const { res, names, query } = request;
  const [name = '', key = ''] = names;
  const generation = query.get('generation');
  const when = { ...preconditionsOf(query), ...(generation === null ? {} : { generation }) };
  const info = settled(await (await bucketOf(request, name)).remove(checkedKey(key), when), name, key);
  await request.announce('OBJECT_DELETE', name, await resourceOf(request, name, { crc32c: '', ...info }));
  res.writeHead(204).end();
}

/** Writes the sources, one after the other, as a new object. */
async function join(
  disk: DiskBucket,
  sources: readonly OpenObject[],
  key: string,
  attributes: ObjectAttributes,
  when: Preconditions,
) {
  const part = await disk.part({ md5: sources.length === 1 });
  try {
    for (const source of sources) for await (const chunk of source.stream()) await part.write(chunk as Buffer);
    return await disk.commit(part, checkedKey(key), attributes, when);
  } finally {
    await part.discard();
  }
}

async function copied(request: GcsRequest): Promise<StoredObject> {
  const { req, names, query } = request;
  const [fromName = '', fromKey = '', toName = '', toKey = ''] = names;
  const change = attributesOf(await readJson(req));
  const to = await bucketOf(request, toName);
  const sourceWhen = preconditionsOf(query, 'ifSource');
  const source = await opened(request, fromName, fromKey, sourceWhen, query.get('sourceGeneration'));
  const { key: _, sizeBytes, generation, metageneration, crc32c, md5, uploadId, ...attributes } = source.info;
  const made = await join(to, [source], toKey, { ...attributes, ...change }, preconditionsOf(query));
  return settled(made, toName, toKey);
}

export async function copyObject(request: GcsRequest): Promise<void> {
  await answerMade(request, request.names[2] ?? '', await copied(request));
}

/** A copy that Cloud Storage may do in several calls; here the first always does all of it. */
export async function rewriteObject(request: GcsRequest): Promise<void> {
  const [, , toName = ''] = request.names;
  const info = await copied(request);
  const resource = await resourceOf(request, toName, info);
  await request.announce('OBJECT_FINALIZE', toName, resource);
  const objectSize = String(info.sizeBytes);
  answerJson(request.res, {
    ...{ kind: 'storage#rewriteResponse', done: true, objectSize, totalBytesRewritten: objectSize },
    resource,
  });
}

interface ComposeSource {
  readonly name: string;
  readonly generation?: string | number;
  readonly objectPreconditions?: { readonly ifGenerationMatch?: string | number };
}

/** As many as one call may join. */
const mostSources = 32;

export async function composeObject(request: GcsRequest): Promise<void> {
  const [name = '', key = ''] = request.names;
  const body = await readJson(request.req);
  const sources = body.sourceObjects as readonly ComposeSource[] | undefined;
  if (!Array.isArray(sources) || sources.length === 0 || sources.length > mostSources) {
    throw new GcsFault('invalid', `The number of source components must be 1 to ${mostSources}.`);
  }
  const disk = await bucketOf(request, name);
  const objects: OpenObject[] = [];
  try {
    for (const { name: source, generation, objectPreconditions } of sources) {
      const match = objectPreconditions?.ifGenerationMatch;
      const when = match === undefined ? {} : { generation: String(match) };
      objects.push(await opened(request, name, source, when, generation === undefined ? null : String(generation)));
    }
  } catch (error) {
    await Promise.all(objects.map((object) => object.close()));
    throw error;
  }
  const componentCount = objects.reduce((sum, { info }) => sum + (info.componentCount ?? 1), 0);
  const given = attributesOf((body.destination as Record<string, unknown>) ?? {});
  const attributes = { contentType: 'application/octet-stream', ...given, componentCount };
  const made = await join(disk, objects, key, attributes, preconditionsOf(request.query));
  await answerMade(request, name, settled(made, name, key));
}

import { answerJson, bucketOf, type GcsRequest, resourceOf } from './gcs-request.ts';

const pageToken = {
  write: (name: string): string => Buffer.from(name).toString('base64url'),
  read: (token: string): string => Buffer.from(token, 'base64url').toString(),
};
const mostResults = 1000;

/**
 * Lists objects by prefix. With a delimiter, names that hold it after the prefix are folded into `prefixes`. Pages hold
 * at most `maxResults` objects and prefixes together.
 */
export async function listObjects(request: GcsRequest): Promise<void> {
  const { res, names, query } = request;
  const [name = ''] = names;
  const disk = await bucketOf(request, name);
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const start = query.get('startOffset') ?? '';
  const end = query.get('endOffset');
  const after = pageToken.read(query.get('pageToken') ?? '');
  const most = Math.min(Number(query.get('maxResults') ?? mostResults) || mostResults, mostResults);
  const items: Record<string, unknown>[] = [];
  const prefixes: string[] = [];
  let last = '';
  let more = false;
  for await (const key of disk.keys(prefix)) {
    if (key < start || (end !== null && key >= end)) continue;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    const shown = cut < 0 ? key : key.slice(0, cut + delimiter.length);
    if (shown <= after || shown === last) continue;
    if (items.length + prefixes.length === most) {
      more = true;
      break;
    }
    last = shown;
    const info = cut < 0 ? await disk.find(key) : undefined;
    if (cut >= 0) prefixes.push(shown);
    else if (info) items.push(await resourceOf(request, name, info));
  }
  answerJson(res, {
    kind: 'storage#objects',
    ...(items.length > 0 ? { items } : {}),
    ...(prefixes.length > 0 ? { prefixes } : {}),
    ...(more ? { nextPageToken: pageToken.write(last) } : {}),
  });
}

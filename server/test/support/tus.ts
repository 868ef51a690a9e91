import { createHash } from 'node:crypto';
import { ask, request, type Answer, type Api } from './api.ts';

export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');
const VERSION = { 'tus-resumable': '1.0.0' };

export const metadata = (values: Record<string, string>): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
    .join(',');

/** Creates an upload; its address when it was taken. */
export async function createUpload(
  api: Api,
  values: Record<string, string>,
  size: number,
): Promise<{ answer: Answer; url: string }> {
  const headers = { ...VERSION, 'upload-length': String(size), 'upload-metadata': metadata(values) };
  const answer = await ask(api.url, 'uploads', { raw: { headers } }, api.tokens.access_token);
  return { answer, url: new URL(answer.headers.get('location') ?? '', `${api.url}/v2/uploads`).href };
}

export function sendChunk(
  api: Api,
  url: string,
  offset: number,
  chunk: Uint8Array<ArrayBuffer>,
  more: Record<string, string> = {},
): Promise<Answer> {
  const headers = {
    ...VERSION,
    authorization: `Bearer ${api.tokens.access_token}`,
    'upload-offset': String(offset),
    'content-type': 'application/offset+octet-stream',
    ...more,
  };
  return request(url, { method: 'PATCH', headers, body: chunk });
}

export function uploadStatus(api: Api, url: string): Promise<Answer> {
  return request(url, {
    method: 'HEAD',
    headers: { ...VERSION, authorization: `Bearer ${api.tokens.access_token}` },
  });
}

/** A whole upload in one chunk; the first answer that is a refusal, else the last one. */
export async function upload(
  api: Api,
  values: Record<string, string>,
  content: string | Uint8Array<ArrayBuffer>,
): Promise<Answer> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  const { answer, url } = await createUpload(api, { hash: sha256(bytes), ...values }, bytes.length);
  return answer.status === 201 && bytes.length > 0 ? sendChunk(api, url, 0, bytes) : answer;
}

import type { IncomingMessage } from 'node:http';
import { ClickHouseException, notSupported } from './errors.ts';

export function isMultipart(headers: IncomingMessage['headers']): boolean {
  return /^multipart\/form-data\b/i.test(headers['content-type'] ?? '');
}

/**
 * Reads the fields of a form (`query`, `param_*`) into the URL's parameters; @clickhouse/client sends long parameters
 * so. A field of another name would be external data.
 */
export async function readMultipart(
  headers: IncomingMessage['headers'],
  body: AsyncIterator<Buffer>,
  maxBytes: number,
  into: URLSearchParams,
): Promise<void> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for (let next = await body.next(); next.done !== true; next = await body.next()) {
    chunks.push(next.value);
    bytes += next.value.length;
    if (bytes > maxBytes)
      throw new ClickHouseException(229, 'QUERY_IS_TOO_LARGE', `A form has at most ${maxBytes} bytes.`);
  }
  const form = await readForm(headers['content-type'] ?? '', Buffer.concat(chunks));
  for (const [name, value] of form) {
    if (typeof value !== 'string' || !(name === 'query' || name.startsWith('param_'))) {
      throw notSupported(`External data (form field ${name})`);
    }
    if (name === 'query') into.set('query', `${into.get('query') ?? ''}${value}`);
    else into.append(name, value);
  }
}

async function readForm(contentType: string, body: Buffer<ArrayBuffer>): Promise<FormData> {
  try {
    return await new Response(body, { headers: { 'Content-Type': contentType } }).formData();
  } catch (cause) {
    throw new ClickHouseException(36, 'BAD_ARGUMENTS', 'The form in the request can not be read.', { cause });
  }
}

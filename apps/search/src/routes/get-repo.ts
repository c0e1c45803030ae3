import type { ServerResponse } from 'node:http';
import { readAccountName } from '@updraft/atproto';
import { callerKey, type HttpServer, LimitError } from '@updraft/service';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { SearchContext } from '../context.ts';
import type { ExportFormat } from '../repository/export-text.ts';
import { callerSignal } from './caller-signal.ts';
import { UPSTREAM_ERRORS } from './upstream.ts';

const params = z.object({
  did: z.string().refine((text) => readAccountName(text) !== undefined, { error: 'expected a DID or a handle' }),
});
const querystring = z.object({
  format: z.enum(['json', 'ndjson'], { error: "expected 'json' or 'ndjson'" }).default('json'),
});
const record = z
  .object({ uri: z.string(), cid: z.string(), content: z.looseObject({}).nullable(), error: z.string().optional() })
  .meta({ id: 'Record' });
const repository = z.object({
  did: z.string(),
  rev: z.string(),
  posts: z.array(record),
  likes: z.array(record),
  reposts: z.array(record),
  follows: z.array(record),
  blocks: z.array(record),
  profile: record.nullable(),
  other: z.array(record),
});
const response = {
  200: {
    description: 'The records by their kinds; as NDJSON a record a line',
    content: { 'application/json': { schema: repository }, 'application/x-ndjson': { schema: z.string() } },
  },
};
const schema = {
  summary: "An account's repository, by DID or handle, as JSON, or with format=ndjson a record a line",
  params,
  querystring,
  response,
};

const TYPES: Readonly<Record<ExportFormat, string>> = {
  json: 'application/json; charset=utf-8',
  ndjson: 'application/x-ndjson; charset=utf-8',
};
/** Downloading and checking, before the first byte is sent. */
const HANDLER_TIMEOUT_MS = 900_000;
/** A reader that takes nothing for this long loses its turn. */
const STALLED_READER_MS = 60_000;

/** GET /repo/:did: an account's repository, from its own server, as JSON. */
export function getRepo(app: HttpServer, { accounts, exports, metrics }: SearchContext): void {
  const options = { schema, config: { errors: UPSTREAM_ERRORS }, handlerTimeout: HANDLER_TIMEOUT_MS };
  app.get('/repo/:did', options, async (request, reply) => {
    const { format } = request.query;
    try {
      const caller = callerKey(request.ip);
      const account = await accounts.find(request.params.did, caller);
      await exports.use(caller, account, format, callerSignal(reply, HANDLER_TIMEOUT_MS), (exported) =>
        send(reply, format, account.did, exported.chunks),
      );
      reply.raw.end(); // after its turn has ended: a caller who sees the end may ask again at once
      metrics.exports.inc({ outcome: 'sent' });
    } catch (error) {
      metrics.exports.inc({ outcome: error instanceof LimitError ? 'limited' : 'failed' });
      if (!reply.sent) throw error;
      if (isGone(error)) request.log.info({ did: request.params.did }, 'the reader of an export has gone');
      else request.log.warn({ err: error }, 'an export broke off');
      reply.raw.destroy(); // so that the caller sees that it is not complete
    }
    return reply;
  });
}

function isGone(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

/** Waits until each chunk is written, since the next one reuses its memory: Fastify's own stream of a reply would not. */
async function send(
  reply: FastifyReply,
  format: ExportFormat,
  did: string,
  chunks: AsyncIterable<Uint8Array>,
): Promise<void> {
  reply.header('content-type', TYPES[format]);
  reply.header('content-disposition', `attachment; filename="${did.replaceAll(/[^a-z0-9.]/gi, '-')}.${format}"`);
  const headers = reply.getHeaders();
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, headers as Record<string, string>);
  for await (const chunk of chunks) await write(raw, chunk);
}

function write(raw: ServerResponse, chunk: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stalled = setTimeout(() => raw.destroy(new Error('the reader of an export takes nothing')), STALLED_READER_MS);
  const onClose = () => reject(new DOMException('the reader of an export has gone', 'AbortError'));
  raw.once('close', onClose);
  raw.write(chunk, (error) => {
    raw.off('close', onClose);
    if (error === null || error === undefined) resolve();
    else reject(error);
  });
  return promise.finally(() => clearTimeout(stalled));
}

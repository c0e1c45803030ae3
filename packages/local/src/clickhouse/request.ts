import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { accessDenied, ClickHouseException, notSupported } from './errors.ts';
import { FILE_SETTINGS } from './outward.ts';

/** What a request asks beside its statement: everything of URL and headers. */
export interface RequestOptions {
  readonly queryId: string;
  readonly database: string;
  /** The format of a result that names none. */
  readonly defaultFormat: string;
  /** The statement, or its beginning, in the URL. */
  readonly query: string;
  readonly settings: ReadonlyMap<string, string>;
  readonly params: Readonly<Record<string, string>>;
  readonly compression: ResponseCompression | undefined;
  /** Nothing is sent before the whole result is known. */
  readonly waitEndOfQuery: boolean;
}

export type ResponseCompression = 'gzip' | 'zstd' | 'br' | 'deflate';

// accepted, and without meaning here
const IGNORED = new Set([
  'user',
  'password',
  'stacktrace',
  'buffer_size',
  'http_write_exception_in_output_format',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'cancel_http_readonly_queries_on_client_close',
  'add_http_cors_header',
  'http_zlib_compression_level',
]);
const OWN = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'wait_end_of_query',
  'enable_http_compression',
]);
const NOT_SUPPORTED: Readonly<Record<string, string>> = {
  session_id: 'An HTTP session (session_id)',
  session_timeout: 'An HTTP session (session_timeout)',
  session_check: 'An HTTP session (session_check)',
  close_session: 'An HTTP session (close_session)',
  role: 'A role',
  quota_key: 'A quota key',
  compress: "ClickHouse's own block compression (compress=1)",
  decompress: "ClickHouse's own block compression (decompress=1)",
  http_response_headers: 'http_response_headers',
};

/** Reads the options. Throws a ClickHouseException that names what is not known or not supported. */
export function readRequestOptions(
  headers: IncomingMessage['headers'],
  url: URLSearchParams,
  settingNames: ReadonlySet<string>,
): RequestOptions {
  const settings = new Map<string, string>();
  const params: Record<string, string> = {};
  for (const [name, value] of url) {
    if (name.startsWith('param_')) params[name.slice('param_'.length)] = value;
    else if (!OWN.has(name) && !IGNORED.has(name)) readSetting(name, value, settings, settingNames);
  }
  return {
    queryId: url.get('query_id') || header(headers, 'x-clickhouse-query-id') || randomUUID(),
    database: url.get('database') || header(headers, 'x-clickhouse-database') || 'default',
    defaultFormat: readFormat(url.get('default_format') || header(headers, 'x-clickhouse-format') || 'TabSeparated'),
    query: url.get('query') ?? '',
    settings,
    params,
    compression: isOn(url.get('enable_http_compression')) ? acceptedCompression(headers['accept-encoding']) : undefined,
    waitEndOfQuery: isOn(url.get('wait_end_of_query')),
  };
}

/** The name goes into the statement, so it must be nothing but a name. */
function readFormat(name: string): string {
  if (/^\w{1,64}$/.test(name)) return name;
  throw new ClickHouseException(73, 'UNKNOWN_FORMAT', `Unknown format ${name}.`);
}

function readSetting(name: string, value: string, into: Map<string, string>, known: ReadonlySet<string>): void {
  const refused = NOT_SUPPORTED[name];
  if (refused !== undefined) {
    if (value === '' || value === '0') return;
    throw notSupported(refused);
  }
  if (/_(?:format|types|structure)$/.test(name) && !known.has(name)) throw notSupported('External data in a request');
  if (!known.has(name)) throw new ClickHouseException(115, 'UNKNOWN_SETTING', `Unknown setting '${name}'.`);
  if (FILE_SETTINGS.has(name)) throw accessDenied(`Setting ${name}`);
  if (value.includes('\0')) throw new ClickHouseException(36, 'BAD_ARGUMENTS', `Setting ${name} holds a NUL byte.`);
  into.set(name, value);
}

function header(headers: IncomingMessage['headers'], name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function isOn(value: string | null): boolean {
  return value !== null && value !== '' && value !== '0' && value.toLowerCase() !== 'false';
}

/** The compression that the client accepts; ours first where it leaves the choice. */
function acceptedCompression(accept: string | string[] | undefined): ResponseCompression | undefined {
  const names = String(accept ?? '')
    .split(',')
    .map((part) => part.split(';')[0]?.trim().toLowerCase());
  return (['zstd', 'br', 'gzip', 'deflate'] as const).find((name) => names.includes(name));
}

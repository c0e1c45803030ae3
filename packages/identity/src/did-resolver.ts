import { isDid } from '@updraft/atproto';
import { parseJson, traceHeaders } from '@updraft/service';
import { type DidDocument, parseDidDocument } from './did-document.ts';
import type { SafeFetch } from './safe-fetch.ts';
import { traceCall } from './trace-call.ts';

/** The directory or host that should know a DID can't be reached, or did not answer sensibly. It may later. */
export class ResolutionError extends Error {
  override name = 'ResolutionError';

  constructor(did: string, message: string, options?: ErrorOptions) {
    super(`${did}: ${message}`, options);
  }
}

/** Gives the document of a DID; undefined when there is none (unknown, tombstoned, another method, malformed). */
export interface DidResolver {
  /** @throws ResolutionError when there is no answer */
  resolve(did: string): Promise<DidDocument | undefined>;
}

export interface DidResolverOptions {
  /** Origin of the PLC directory. The operator chose it, so a plain fetch asks it. */
  plcHost: string;
  /** For did:web hosts, which strangers choose. */
  safeFetch: SafeFetch;
  /** did:web of `localhost` over http, as tests and `npm start` need. */
  allowLocalhost?: boolean | undefined;
}

const MAX_BYTES = 256 * 1024;
const TIMEOUT_MS = 3_000;

/** Resolves did:plc at the directory and did:web at its host. Sources: https://web.plc.directory, https://atproto.com/specs/did */
export function createDidResolver(options: DidResolverOptions): DidResolver {
  const { plcHost, safeFetch, allowLocalhost = false } = options;
  const plcOrigin = plcHost.replace(/\/+$/, '');
  return {
    resolve: async (did) => {
      if (!isDid(did)) return undefined;
      if (did.startsWith('did:plc:')) {
        if (!/^did:plc:[a-z2-7]{24}$/.test(did)) return undefined;
        return fetchDocument(did, `${plcOrigin}/${did}`, fetchFromOurs);
      }
      const url = didWebUrl(did, allowLocalhost);
      return url === undefined ? undefined : fetchDocument(did, url, safeFetch);
    },
  };
}

/** The address of a did:web's document; undefined when atproto doesn't allow the DID (it has a path or a port). */
export function didWebUrl(did: string, allowLocalhost = false): string | undefined {
  const match = /^did:web:([a-zA-Z0-9.-]{1,253})(?:%3[aA](\d{1,5}))?$/.exec(did);
  const [, host = '', port] = match ?? [];
  if (host.toLowerCase() === 'localhost') {
    return allowLocalhost ? `http://localhost${port === undefined ? '' : `:${port}`}/.well-known/did.json` : undefined;
  }
  if (port !== undefined || !host.includes('.') || !URL.canParse(`https://${host}`)) return undefined;
  return `https://${host}/.well-known/did.json`;
}

/** Trace headers go to the operator's own directory, and not to hosts that strangers choose. */
const fetchFromOurs: SafeFetch = (input, init) =>
  traceCall(input, 'GET', () => fetch(input, { ...init, headers: { ...headersOf(init), ...traceHeaders() } }));

function headersOf(init: RequestInit | undefined): Record<string, string> {
  return Object.fromEntries(new Headers(init?.headers));
}

async function fetchDocument(did: string, url: string, fetch: SafeFetch): Promise<DidDocument | undefined> {
  const headers = { accept: 'application/did+ld+json, application/json' };
  let text: string;
  try {
    const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) {
      await response.body?.cancel();
      if (response.status === 404 || response.status === 410) return undefined;
      throw new ResolutionError(did, `${new URL(url).host} answered ${response.status}`);
    }
    text = await boundedText(did, response);
  } catch (cause) {
    if (cause instanceof ResolutionError) throw cause;
    throw new ResolutionError(did, `${new URL(url).host} could not be asked`, { cause });
  }
  const value = parseJson(text);
  if (value === undefined) throw new ResolutionError(did, 'the answer is not JSON');
  return parseDidDocument(did, value);
}

async function boundedText(did: string, response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  const body: AsyncIterable<Uint8Array> | undefined = response.body ?? undefined;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) throw new ResolutionError(did, `the answer is longer than ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

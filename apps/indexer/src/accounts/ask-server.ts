import type { DidResolver, SafeFetch } from '@updraft/identity';
import { z } from 'zod';

/** What an account's own server and its DID document say of it now. */
export interface AccountAnswer {
  readonly active: boolean;
  /** '' when active. */
  readonly status: string;
  /** As the DID document claims it. */
  readonly handle: string | undefined;
}

/** The server did not answer, or its answer made no sense. It may answer later. */
export class NoAnswerError extends Error {
  override name = 'NoAnswerError';
  readonly did: string;

  constructor(did: string, message: string, options?: ErrorOptions) {
    super(`${did}: ${message}`, options);
    this.did = did;
  }
}

/** Asks an account's server; undefined when there is no such account, or its server no longer has it. @throws NoAnswerError, ResolutionError */
export type AskServer = (did: string) => Promise<AccountAnswer | undefined>;

const Status = z.object({ did: z.string(), active: z.boolean(), status: z.string().max(256).default('') });
const UNKNOWN = [400, 404];

/** Source: the lexicon com.atproto.sync.getRepoStatus. */
export function createAskServer(deps: { readonly resolver: DidResolver; readonly safeFetch: SafeFetch }): AskServer {
  return async (did) => {
    const document = await deps.resolver.resolve(did);
    if (document?.pds === undefined) return undefined;
    const url = new URL('/xrpc/com.atproto.sync.getRepoStatus', document.pds);
    url.searchParams.set('did', did);
    const answer = await getJson(did, url, deps.safeFetch);
    if (answer === undefined) return undefined;
    const status = Status.safeParse(answer);
    if (!status.success || status.data.did !== did)
      throw new NoAnswerError(did, `${url.host} did not answer with the status of this account`);
    return { active: status.data.active, status: status.data.status, handle: document.handle };
  };
}

async function getJson(did: string, url: URL, safeFetch: SafeFetch): Promise<unknown> {
  try {
    const response = await safeFetch(url, { headers: { accept: 'application/json' } });
    if (UNKNOWN.includes(response.status)) {
      await response.body?.cancel();
      return undefined;
    }
    if (!response.ok) {
      await response.body?.cancel();
      throw new NoAnswerError(did, `${url.host} answered ${response.status}`);
    }
    return await response.json();
  } catch (cause) {
    if (cause instanceof NoAnswerError) throw cause;
    throw new NoAnswerError(did, `${url.host} could not be asked`, { cause });
  }
}

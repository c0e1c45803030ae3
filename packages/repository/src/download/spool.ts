import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SafeFetch } from '@updraft/identity';
import { RepositoryError } from '../repository-error.ts';
import { type PaceOptions, watchPace } from './pace.ts';
import { PdsError } from './pds-error.ts';
import { xrpcUrl } from './xrpc-url.ts';
import { createYoungCollector } from './young-garbage.ts';

/** A downloaded repository, on disk until it is disposed of. */
export interface SpooledRepository extends AsyncDisposable {
  readonly carPath: string;
  /** A path for the index of its blocks; removed with the file. */
  readonly indexPath: string;
}

export interface SpoolOptions extends PaceOptions {
  /** Has its own bounds of bytes and time, a little above these. */
  readonly safeFetch: SafeFetch;
  /** For the files; emptied at the start. */
  readonly directory: string;
  readonly maxBytes: number;
  /** Who asks, as servers read it. */
  readonly userAgent: string;
}

/** Downloads repositories (com.atproto.sync.getRepo) to disk. */
export interface Spool {
  /** @throws PdsError or RepositoryError with the reason, or the signal's reason */
  fetch(pds: string, did: string, signal: AbortSignal): Promise<SpooledRepository>;
}

export async function createSpool(options: SpoolOptions): Promise<Spool> {
  const { directory } = options;
  const downloading = { ...options, collectYoung: createYoungCollector() };
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true, mode: 0o700 });
  return {
    fetch: async (pds, did, signal) => {
      const carPath = join(directory, `${randomUUID()}.car`);
      const indexPath = `${carPath}.index`;
      const remove = async () => {
        await Promise.all([rm(carPath, { force: true }), rm(indexPath, { force: true })]);
      };
      try {
        await download(downloading, xrpcUrl(pds, 'com.atproto.sync.getRepo', { did }), carPath, signal);
      } catch (error) {
        await remove();
        throw error;
      }
      return { carPath, indexPath, [Symbol.asyncDispose]: remove };
    },
  };
}

interface DownloadOptions extends SpoolOptions {
  readonly collectYoung: () => void;
}

const COLLECT_EACH_BYTES = 4 * 1024 * 1024;

async function download(options: DownloadOptions, url: string, path: string, signal: AbortSignal): Promise<void> {
  const { safeFetch, maxBytes, collectYoung } = options;
  using pace = watchPace(options);
  await using file = await open(path, 'wx', 0o600);
  try {
    const headers = { accept: 'application/vnd.ipld.car', 'user-agent': options.userAgent };
    const response = await safeFetch(url, { headers, signal: AbortSignal.any([signal, pace.signal]) });
    if (!response.ok) throw await refusal(response);
    let [bytes, collectAt] = [0, COLLECT_EACH_BYTES];
    const body: AsyncIterable<Uint8Array> | Iterable<Uint8Array> = response.body ?? [];
    for await (const chunk of body) {
      bytes += chunk.length;
      pace.arrived(chunk.length);
      if (bytes > maxBytes) throw new RepositoryError(`the repository is larger than ${maxBytes} bytes`);
      await file.writeFile(chunk); // appends all of it
      if (bytes >= collectAt) {
        collectAt = bytes + COLLECT_EACH_BYTES;
        collectYoung();
      }
    }
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof PdsError || cause instanceof RepositoryError) throw cause;
    const reason = pace.signal.aborted ? pace.complaint() : 'broke off or can not be reached';
    throw new PdsError('unavailable', `the account's server ${reason}`, { cause });
  }
}

/** The name of a server's error says whether the repository is gone. Its text is not passed on. */
async function refusal(response: Response): Promise<PdsError> {
  const text = (await response.text()).slice(0, 2_000);
  const [, name = ''] = /"error"\s*:\s*"([A-Za-z]{1,64})"/.exec(text) ?? [];
  if (response.status === 404 || /^Repo(NotFound|Takendown|Suspended|Deactivated)$/.test(name)) {
    return new PdsError('absent', "the account's server does not give this repository", { error: name });
  }
  const fault = response.status === 429 ? 'limited' : response.status >= 500 ? 'unavailable' : 'refused';
  return new PdsError(fault, `the account's server answered ${response.status} for the repository`, { error: name });
}

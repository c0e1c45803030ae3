import { errorOf, RequestError } from '../../data/request.ts';
import { createRecordCounter } from './record-counter.ts';

export type ExportFormat = 'json' | 'ndjson';

export interface ExportProgress {
  readonly bytes: number;
  readonly counts: readonly (readonly [collection: string, records: number])[];
}

export interface Exported extends ExportProgress {
  readonly file: Blob;
  readonly fileName: string;
}

/** The browser keeps larger pieces outside of this page's memory. */
const PIECE_BYTES = 8_000_000;
/** The server downloads and checks all of it before it sends the first byte. */
const PROGRESS_EVERY_MS = 250;

/** Reads an account's repository to its end. @throws RequestError when it can't be had, or breaks off */
export async function readExport(
  { account, format }: { account: string; format: ExportFormat },
  onProgress: (progress: ExportProgress) => void,
  signal: AbortSignal,
): Promise<Exported> {
  const response = await open(`/repo/${encodeURIComponent(account)}?format=${format}`, signal);
  const counter = createRecordCounter();
  const decoder = new TextDecoder();
  const pieces = createPieces();
  let lastMs = 0;
  try {
    for await (const chunk of chunksOf(response)) {
      pieces.add(chunk);
      counter.add(decoder.decode(chunk, { stream: true }));
      if (Date.now() - lastMs < PROGRESS_EVERY_MS) continue;
      lastMs = Date.now();
      onProgress({ bytes: pieces.bytes(), counts: counter.counts() });
    }
  } catch (error) {
    if (signal.aborted) throw error;
    throw new RequestError('The transfer broke off: what came is not complete, and nothing of it is kept.', 0);
  }
  const type = response.headers.get('content-type') ?? '';
  const fileName = `${account.replaceAll(/[^a-z0-9.]/gi, '-')}.${format}`;
  return { file: pieces.file(type), fileName, bytes: pieces.bytes(), counts: counter.counts() };
}

async function open(path: string, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { signal, credentials: 'same-origin' });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new RequestError('The server can’t be reached.', 0);
  }
  if (!response.ok) throw await errorOf(response);
  return response;
}

async function* chunksOf({ body }: Response): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body?.getReader();
  if (reader === undefined) return;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    yield value;
  }
}

function createPieces() {
  const done: Blob[] = [];
  let part: Uint8Array<ArrayBuffer>[] = [];
  let [partBytes, bytes] = [0, 0];
  const close = (): void => {
    done.push(new Blob(part));
    [part, partBytes] = [[], 0];
  };
  return {
    add: (chunk: Uint8Array<ArrayBuffer>): void => {
      part.push(chunk);
      partBytes += chunk.length;
      bytes += chunk.length;
      if (partBytes >= PIECE_BYTES) close();
    },
    bytes: () => bytes,
    file: (type: string): Blob => {
      close();
      return new Blob(done, { type });
    },
  };
}

import type { Cursor } from './jetstream/cursor.ts';
import { filteredEventOf } from './jetstream/filtered-event.ts';
import { type Reader, V1_PATH, v1Protocol } from './jetstream/v1/protocol.ts';
import { type Endpoint, startEndpoint } from './wire/endpoint.ts';
import { timeUsOf, withCursor } from './wire/event-line.ts';
import { createFrameBuffer } from './wire/frames.ts';
import { createPacer } from './wire/pacer.ts';
import { readLines } from './wire/read-lines.ts';

/** A recorded stream of Jetstream lines: a file (`.jsonl`, `.jsonl.gz`, `.jsonl.zst`), or the lines themselves. */
export type Recording = { readonly file: string } | { readonly lines: readonly string[] };

export type PlayOptions = Recording & PlaySettings;

export interface PlaySettings {
  readonly host?: string;
  /** 0 or absent: any free port. */
  readonly port?: number;
  /** Events a second and reader; absent: as fast as it reads. */
  readonly rate?: number;
  /** Give each event the number of its line as `cursor`, as the new server does. */
  readonly attachCursor?: boolean;
  readonly pingEveryMs?: number;
  readonly slowReaderMs?: number;
}

/** A server that plays a recorded stream. */
export interface PlayServer extends Endpoint {
  /** The address of `/subscribe`, for `WS_URL`. */
  readonly url: string;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * Serves a recorded stream as Jetstream v1. A reader without a cursor, or with one of a time before the recording, gets it from its
 * beginning; a sequence number counts the lines from 1. After the last line the connection stays open and idle, as on a live host without
 * events. The recording is read again for each reader, so memory does not grow with it.
 */
export async function startPlayServer(options: PlayOptions): Promise<PlayServer> {
  const { host = '127.0.0.1', port = 0, slowReaderMs = 5_000, pingEveryMs = 30_000 } = options;
  const protocols = { [V1_PATH]: v1Protocol((reader) => play(options, reader)) };
  const endpoint = await startEndpoint({ host, port, slowReaderMs, pingEveryMs, protocols });
  return { ...endpoint, url: `ws://${host}:${endpoint.port}${V1_PATH}` };
}

async function play(options: PlayOptions, { channel, cursor, filter, hello }: Reader): Promise<void> {
  await hello;
  const pacer = createPacer(options.rate);
  const frames = createFrameBuffer(CHUNK_BYTES * 2);
  const flush = async () => {
    const count = frames.frames;
    await channel.send(frames.take());
    await pacer.take(count, channel.closed);
  };
  const isBefore = createStartTest(cursor);
  let lineNumber = 0;
  try {
    for await (const lines of linesOf(options, channel.closed)) {
      for (const bytes of lines) {
        lineNumber += 1;
        if (isBefore(lineNumber, bytes)) continue;
        const wanted = filter();
        if (!wanted.passesAll && !wanted.passes(filteredEventOf(bytes.toString()))) continue;
        if (options.attachCursor) frames.appendText(withCursor(bytes.toString(), lineNumber));
        else frames.appendBytes(bytes);
        if (frames.byteLength >= CHUNK_BYTES || frames.frames >= pacer.burst) await flush();
        if (channel.closed.aborted) return;
      }
      if (frames.frames > 0) await flush();
    }
  } catch (error) {
    // A server that can't go on says so with 1011.
    if (!channel.closed.aborted)
      channel.close(1011, error instanceof Error ? error.message.slice(0, 100) : 'recording unreadable');
  }
}

/** Tells for each line in turn whether it comes before the cursor. A time cursor points at the first event that is not older. */
function createStartTest(cursor: Cursor): (lineNumber: number, line: Buffer) => boolean {
  if (cursor.kind === 'seq') return (lineNumber) => lineNumber < cursor.value;
  if (cursor.kind === 'live') return () => false;
  let reached = false;
  return (_, line) => {
    reached ||= timeUsOf(line.subarray(0, 512).toString()) >= cursor.value;
    return !reached;
  };
}

async function* linesOf(source: Recording, signal: AbortSignal): AsyncGenerator<Buffer[]> {
  if ('file' in source) yield* readLines(source.file, signal);
  else yield source.lines.map((line) => Buffer.from(line));
}

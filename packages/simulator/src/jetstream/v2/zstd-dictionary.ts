import { constants, zstdCompressSync } from 'node:zlib';
import { eventLine } from '../../world/event.ts';
import { createWorld } from '../../world/world.ts';
import { createFrameTextWriter } from './frame-text.ts';

/** What frames are compressed with. The id in use never means other bytes. */
export interface ZstdDictionary {
  readonly id: number;
  readonly bytes: Buffer;
  compress(text: string): Buffer;
}

const DICTIONARY_BYTES = 65_536;
const DICTIONARY_ID = 20_260_813;
const LEVEL = { [constants.ZSTD_c_compressionLevel]: 3 };

/** A dictionary of frames that the network might send. */
export function createZstdDictionary(): ZstdDictionary {
  const events = createWorld({ seed: 0, accounts: 50, eventsPerDay: 10_000 }).events();
  const textOf = createFrameTextWriter();
  const parts: string[] = [];
  for (let length = 0; length < DICTIONARY_BYTES; length += parts.at(-1)?.length ?? 0)
    parts.push(textOf(eventLine(events.next().value, undefined, parts.length)));
  const bytes = Buffer.from(parts.join('')).subarray(0, DICTIONARY_BYTES);
  return {
    id: DICTIONARY_ID,
    bytes,
    compress: (text) => zstdCompressSync(text, { dictionary: bytes, params: LEVEL }),
  };
}

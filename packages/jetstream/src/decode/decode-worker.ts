import { parentPort } from 'node:worker_threads';
import { SegmentCorruptError } from '../errors.ts';
import type { DecodedSlice, FromThread, ToThread } from './messages.ts';
import { decodeSlices } from './slices.ts';

/** Decodes one block at a time in a thread of its own, so that the event loop has only the parsing of the lines left. */

let slices: Generator<DecodedSlice> | undefined;

parentPort?.on('message', (message: ToThread) => {
  if (message.kind === 'decode') slices = decodeSlices(message.task);
  post(next());
});

function next(): FromThread {
  try {
    const slice = slices?.next();
    if (slice === undefined || slice.done === true) throw new Error('a slice was asked for that is not there');
    return { kind: 'slice', slice: slice.value };
  } catch (error) {
    if (!(error instanceof SegmentCorruptError)) throw error;
    const { reason, offset, block } = error;
    return { kind: 'corrupt', reason, offset, block };
  }
}

function post(message: FromThread): void {
  parentPort?.postMessage(message, []);
}

import { hash } from 'node:crypto';

/** The name under which the progress through a recorded file is saved, beside that of the live stream. `file`: what tells files apart. */
export function replayStreamName(prefix: string, file: string): string {
  return `${prefix}:replay:${hash('sha256', file, 'hex').slice(0, 16)}`;
}

/** The same as a pattern of ClickHouse's match(). */
export const REPLAY_STREAM_PATTERN = ':replay:[0-9a-f]{16}$';

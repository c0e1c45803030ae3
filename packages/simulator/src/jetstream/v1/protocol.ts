import type { WebSocket } from 'ws';
import type { Channel } from '../../wire/channel.ts';
import type { Protocol, Refusal } from '../../wire/endpoint.ts';
import type { Cursor } from '../cursor.ts';
import { type Filter, readFilter } from '../filter.ts';
import { readSubscription } from './subscription.ts';

/** One subscriber of `/subscribe`. */
export interface Reader {
  readonly channel: Channel;
  readonly cursor: Cursor;
  /** The filter as it is now: an `options_update` replaces it. */
  filter(): Filter;
  /** Resolves when events may be sent: at once, or with `requireHello` after the first valid `options_update`. */
  readonly hello: Promise<void>;
}

export const V1_PATH = '/subscribe';

/** Jetstream v1: parameters, plain-text refusals and `options_update`. `refusal` refuses every reader while it gives one. */
export function v1Protocol(
  onReader: (reader: Reader) => Promise<void>,
  refusal: () => Refusal | undefined = () => undefined,
): Protocol {
  return {
    open(query, headers) {
      const refused = refusal();
      if (refused !== undefined) return refused;
      const subscription = readSubscription(query, headers);
      if ('fault' in subscription) return { status: 400, body: subscription.fault };
      const { cursor, filter, requireHello } = subscription;
      return ({ channel, ws }) => void onReader({ channel, cursor, ...listenForOptions(ws, filter, requireHello) });
    },
  };
}

function listenForOptions(ws: WebSocket, first: Filter, requireHello: boolean): Pick<Reader, 'filter' | 'hello'> {
  let filter = first;
  const hello = Promise.withResolvers<void>();
  if (!requireHello) hello.resolve();
  ws.once('close', () => hello.resolve());
  // `ws` gives one Buffer for each message unless told otherwise.
  ws.on('message', (message: Buffer) => {
    const update = readOptionsUpdate(message.toString());
    if ('code' in update) return ws.close(update.code, update.reason);
    filter = update.filter;
    hello.resolve();
  });
  return { filter: () => filter, hello: hello.promise };
}

function readOptionsUpdate(text: string): { filter: Filter } | { code: number; reason: string } {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return { code: 1007, reason: 'invalid JSON' };
  }
  const { type, payload } = (typeof message === 'object' && message !== null ? message : {}) as Record<string, unknown>;
  if (type !== 'options_update') return { code: 1008, reason: 'unknown message type' };
  const filter = readFilter(payload);
  return 'fault' in filter ? { code: 1008, reason: filter.fault.slice(0, 100) } : { filter };
}

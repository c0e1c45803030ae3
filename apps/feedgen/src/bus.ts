import type { Redis } from '@updraft/store';
import { z } from 'zod';

const message = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('build'), alias: z.string(), id: z.string() }),
  z.object({ kind: z.literal('member'), label: z.string(), did: z.string(), isMember: z.boolean() }),
  z.object({ kind: z.literal('api-keys') }),
  z.object({ kind: z.literal('erased') }),
]);

/** News between the instances. Each can be missed without harm: whoever listens also looks every few seconds. */
export type BusMessage = z.output<typeof message>;

export interface Bus {
  publish(message: BusMessage): Promise<void>;
  listen(listener: (message: BusMessage) => void): void;
  close(): void;
}

/** `redis` sends; `subscriber` is a connection of its own, since Redis wants one for listening. */
export function createBus(options: { redis: Redis; subscriber: Redis; prefix: string }): Bus {
  const { redis, subscriber } = options;
  const channel = `${options.prefix}:feeds`;
  const listeners: ((message: BusMessage) => void)[] = [];
  subscriber.on('message', (_channel: string, text: string) => {
    const parsed = message.safeParse(parseJson(text));
    if (parsed.success) for (const listener of listeners) listener(parsed.data);
  });
  subscriber.subscribe(channel).catch(() => {}); // when Redis is away: ioredis subscribes once it is back
  return {
    publish: async (news) => {
      await redis.publish(channel, JSON.stringify(news)).catch(() => {}); // missed news are found by looking
    },
    listen: (listener) => {
      listeners.push(listener);
    },
    close: () => subscriber.disconnect(),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { type Logger, parseJson } from '@updraft/service';
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
export function createBus(options: { redis: Redis; subscriber: Redis; prefix: string; log: Logger }): Bus {
  const { redis, subscriber, log } = options;
  const channel = `${options.prefix}:feeds`;
  const listeners: ((message: BusMessage) => void)[] = [];
  subscriber.on('message', (_channel: string, text: string) => {
    const parsed = message.safeParse(parseJson(text));
    if (parsed.success) for (const listener of listeners) listener(parsed.data);
  });
  subscriber.subscribe(channel).catch((err: unknown) => {
    log.warn({ err }, 'news of the other instances can not be heard until Redis is back');
  });
  return {
    publish: async (news) => {
      await redis.publish(channel, JSON.stringify(news)).catch((err: unknown) => {
        log.warn(
          { err, news: news.kind },
          'the other instances could not be told; they look by themselves within seconds',
        );
      });
    },
    listen: (listener) => {
      listeners.push(listener);
    },
    close: () => subscriber.disconnect(),
  };
}

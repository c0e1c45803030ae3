import { type News, newsChannel, parseNews, publishNews } from '@updraft/feeds';
import type { Logger } from '@updraft/service';
import type { Redis } from '@updraft/store';

/** Brings news to the other instances, and theirs here. */
export interface Bus {
  publish(news: News): Promise<void>;
  listen(listener: (news: News) => void): void;
  /** Connects, and hears the other instances whenever Redis is there. */
  start(): void;
  close(): void;
}

/** `redis` sends; `subscriber` is a connection of its own, since Redis wants one for listening. */
export function createBus(options: { redis: Redis; subscriber: Redis; prefix: string; log: Logger }): Bus {
  const { redis, subscriber, prefix, log } = options;
  const listeners: ((news: News) => void)[] = [];
  subscriber.on('message', (_channel: string, text: string) => {
    const news = parseNews(text);
    if (news === undefined) log.warn({ text: text.slice(0, 200) }, 'a message of another instance was not understood');
    else for (const listener of listeners) listener(news);
  });
  const onUnheard = (err: unknown) => log.warn({ err }, "other instances' news can't be heard until Redis is back");
  // At each connection: ioredis itself repeats only a subscription that has succeeded before.
  subscriber.on('ready', () => {
    subscriber.subscribe(newsChannel(prefix)).catch(onUnheard);
  });
  return {
    publish: (news) =>
      publishNews(redis, prefix, news).catch((err: unknown) => {
        log.warn(
          { err, news: news.kind },
          'the other instances could not be told: they see the change by themselves within seconds',
        );
      }),
    listen: (listener) => {
      listeners.push(listener);
    },
    start: () => {
      subscriber.connect().catch(onUnheard);
    },
    close: () => subscriber.disconnect(),
  };
}

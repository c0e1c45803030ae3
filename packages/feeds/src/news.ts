import { parseJson } from '@updraft/service';
import type { Redis } from '@updraft/store';
import { z } from 'zod';

const news = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('build'), alias: z.string(), id: z.string() }),
  z.object({ kind: z.literal('member'), label: z.string(), did: z.string(), isMember: z.boolean() }),
  z.object({ kind: z.literal('filled'), did: z.string(), labels: z.array(z.string()) }),
  z.object({ kind: z.literal('api-keys') }),
  z.object({ kind: z.literal('hides') }),
  z.object({ kind: z.literal('erased') }),
]);

/** What changed, told to every instance. A lost message does no harm: each instance also reads the store every few seconds. */
export type News = z.output<typeof news>;

/** The Redis channel of the news. */
export function newsChannel(prefix: string): string {
  return `${prefix}:feeds`;
}

/** Rejects when Redis can't be reached. */
export async function publishNews(redis: Redis, prefix: string, message: News): Promise<void> {
  await redis.publish(newsChannel(prefix), JSON.stringify(message));
}

/** Undefined for anything else that was published there. */
export function parseNews(text: string): News | undefined {
  return news.safeParse(parseJson(text)).data;
}

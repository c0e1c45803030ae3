import { parseJson } from '@updraft/service';
import type { Redis } from '@updraft/store';
import { z } from 'zod';

/** Labels of more subjects are told of without naming them. */
export const MAX_SUBJECTS = 200;

const news = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('build'), alias: z.string(), id: z.string() }),
  z.object({ kind: z.literal('member'), label: z.string(), did: z.string(), isMember: z.boolean() }),
  z.object({ kind: z.literal('filled'), did: z.string(), labels: z.array(z.string()) }),
  z.object({ kind: z.literal('api-keys') }),
  z.object({ kind: z.literal('labels'), subjects: z.array(z.string()).max(MAX_SUBJECTS).optional() }),
  z.object({ kind: z.literal('hides') }),
  z.object({ kind: z.literal('settings') }),
  z.object({ kind: z.literal('erased') }),
]);

/**
 * What changed, told to every instance. `labels`: labelers' labels on these accounts (DIDs) and records (at-uris) have come, changed or gone and
 * stand in the table `labels`; without `subjects`, of more than MAX_SUBJECTS or of unknown ones. It comes once a second at most, without
 * subjects once in ten. A label that expires is not told of. A lost message does no harm: each instance also reads the store every few seconds. */
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

import { z } from 'zod';

/** A feed for everybody to see: GET /api/feeds. */
export const feedView = z
  .object({
    name: z.string(),
    uri: z.string().describe('Of its record, under which apps know it'),
    title: z.string(),
    description: z.string(),
    kind: z.string(),
    audience: z.string(),
    isPersonal: z.boolean().describe('Each viewer has a list of their own'),
    variants: z.array(z.string()),
    builtAt: z.iso.datetime().optional(),
    posts: z.int().optional().describe('How many its current build has'),
    documents: z.object({ rss: z.string(), json: z.string() }).optional(),
  })
  .meta({ id: 'Feed' });
export type FeedView = z.output<typeof feedView>;
export const feedList = z.object({ feeds: z.array(feedView) });

/** A page of a feed's current build: GET /api/feeds/posts?feed=&cursor=. A feed that is not for everyone shows it to its hosts only. */
export const feedPage = z.object({
  posts: z.array(z.object({ uri: z.string(), repost: z.string().optional(), isPinned: z.boolean() })),
  cursor: z.string().optional(),
});
export type FeedPageView = z.output<typeof feedPage>;

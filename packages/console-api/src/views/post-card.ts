import { z } from 'zod';

/** A part of a post's text. What a link leads to is checked: only http and https. */
const segment = z.object({
  text: z.string(),
  link: z.string().optional().describe('An http(s) address'),
  mention: z.string().optional().describe('A DID'),
  tag: z.string().optional(),
});

/** A post as people see it: GET /console/api/posts?uris=… */
export const postCard = z
  .object({
    uri: z.string(),
    did: z.string(),
    handle: z.string().describe('Empty where it is not known'),
    displayName: z.string(),
    createdAt: z.iso.datetime(),
    segments: z.array(segment),
    langs: z.array(z.string()),
    images: z.array(z.object({ alt: z.string() })),
    video: z.object({ alt: z.string() }).optional(),
    external: z.object({ link: z.string(), title: z.string(), description: z.string() }).optional(),
    quote: z
      .object({ uri: z.string(), did: z.string(), handle: z.string(), text: z.string() })
      .optional()
      .describe('Without author and text where the post shows no more'),
    replyTo: z.string().optional(),
    labels: z.array(z.string()),
  })
  .meta({ id: 'PostCard' });
export type PostCard = z.output<typeof postCard>;
export type Segment = PostCard['segments'][number];
export const postCards = z.object({ posts: z.array(postCard) });
/** The most uris of one request. */
export const MAX_CARDS = 50;

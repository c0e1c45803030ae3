import { z } from 'zod';
import { list } from './list.ts';

/** A scheme, a host and perhaps a port; a slash at the end is removed. */
export const origin = z
  .string()
  .refine((text) => /^https?:\/\/[^/]+\/?$/.test(text) && URL.canParse(text), {
    error: "expected an origin such as 'https://feeds.example'",
  })
  .transform((text) => new URL(text).origin);

/** CORS_ORIGINS: the origins whose pages may call, `*` for all. */
export const corsOrigins = list.refine((all) => all.every((text) => text === '*' || isOrigin(text)), {
  error: "expected origins such as 'https://example.com' between commas, or '*'",
});

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

import { isDid, parseAtUri } from '@updraft/atproto';
import { z } from 'zod';

const approve = z.enum(['auto', 'queue']).default('queue');
const tag = z
  .string()
  .regex(/^[\p{L}\p{N}_]{1,64}$/u, { error: "expected a hashtag's letters, digits and _, without #" });
const listUri = z.string().refine(isListUri, {
  error: 'expected the at-uri of a list or a starter pack, at://did:…/app.bsky.graph.list/…',
});

function isListUri(text: string): boolean {
  const uri = parseAtUri(text);
  return (
    uri !== undefined &&
    isDid(uri.authority) &&
    ['app.bsky.graph.list', 'app.bsky.graph.starterpack'].includes(uri.collection) &&
    uri.rkey !== ''
  );
}

const list = z.strictObject({ from: z.literal('list'), uri: listUri, approve });
const followers = z.strictObject({
  from: z.literal('followers'),
  of: z.string().refine(isDid, { error: 'expected a DID' }),
  approve,
});
const hashtag = z.strictObject({
  from: z.literal('hashtag'),
  tag,
  in: z
    .array(z.enum(['posts', 'profiles']))
    .min(1)
    .default(['posts', 'profiles']),
  approve,
});
const request = z.strictObject({
  from: z.literal('request'),
  /** Whether a like of the feed asks. */
  likes: z.boolean().default(true),
  /** The hashtag of a post that asks. */
  tag: tag.optional(),
  approve,
});

const source = z.discriminatedUnion('from', [list, followers, hashtag, request], {
  error: (issue) => (issue.code === 'invalid_union' ? 'expected from: list, followers, hashtag or request' : undefined),
});

/** Where members come from besides the admin API. */
export const membersFrom: z.ZodDefault<z.ZodArray<typeof source>> = z.array(source).max(20).default([]);
export type MembersFrom = z.output<typeof source>;

interface FeedWithMembers {
  readonly label?: string;
  readonly members?: string | undefined;
  readonly membersFrom: readonly MembersFrom[];
}

/** Where the members of a label come from is said once, at one of the feeds that have it. */
export function refuseSourcesTwice(
  feeds: Readonly<Record<string, FeedWithMembers>>,
  context: z.core.$RefinementCtx,
): void {
  const seen = new Map<string, string>();
  for (const [alias, { members, label, membersFrom: sources }] of Object.entries(feeds)) {
    const of = members ?? label;
    if (of === undefined || sources.length === 0) continue;
    const other = seen.get(of);
    if (other !== undefined) {
      const message = `expected membersFrom at one feed only with the label ${of}, which ${other} has too`;
      context.addIssue({ code: 'custom', path: [alias, 'membersFrom'], message });
    }
    seen.set(of, alias);
  }
}

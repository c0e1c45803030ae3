import { isJsonObject, type JsonObject } from '@updraft/atproto';
import type { CardPost } from '@updraft/store';
import type { PostCard } from '../views/post-card.ts';
import { attachmentsOf } from './attachments.ts';
import { segmentsOf } from './segments.ts';

/** What else is known of posts and their accounts. */
export interface CardFacts {
  /** By DID. */
  readonly handles: ReadonlyMap<string, string>;
  /** By DID. */
  readonly displayNames: ReadonlyMap<string, string>;
  /** In force, by the uri of the post. */
  readonly labels: ReadonlyMap<string, readonly string[]>;
  /** Those that may be shown, by uri. */
  readonly quotes: ReadonlyMap<string, CardPost>;
}

const MAX_LANGS = 8;

/** A post as people see it. Never throws. */
export function cardOf(post: CardPost, facts: CardFacts): PostCard {
  const record = recordOf(post.recordJson);
  return {
    uri: post.uri,
    did: post.did,
    handle: facts.handles.get(post.did) ?? '',
    displayName: facts.displayNames.get(post.did) ?? '',
    createdAt: new Date(post.sortAt).toISOString(),
    segments: segmentsOf(post.text, record.facets),
    langs: post.langs.slice(0, MAX_LANGS),
    ...attachmentsOf(record.embed),
    ...(post.quoteUri !== '' && { quote: quoteOf(post.quoteUri, facts) }),
    ...(post.parentUri !== '' && { replyTo: post.parentUri }),
    labels: [...new Set(facts.labels.get(post.uri))],
  };
}

function quoteOf(uri: string, { quotes, handles }: CardFacts): NonNullable<PostCard['quote']> {
  const quoted = quotes.get(uri);
  if (quoted === undefined) return { uri, did: '', handle: '', text: '' };
  const [whole] = segmentsOf(quoted.text, []);
  return { uri, did: quoted.did, handle: handles.get(quoted.did) ?? '', text: whole?.text ?? '' };
}

function recordOf(json: string): JsonObject {
  try {
    const record: unknown = JSON.parse(json);
    return isJsonObject(record) ? record : {};
  } catch {
    return {}; // an earlier version kept no record: its text is a column of its own
  }
}

import { parseAtUri } from '@updraft/atproto';
import type { PostSubjects } from '@updraft/store';

const MAX_TOPICS = 8;

/**
 * What a post is about, in the clearest of these that it has: its hashtags, else the domains of its links, else whose post it quotes, else
 * whose thread it is in. Nothing where it has none of them.
 */
export function topicsOf({ uri, tags, domainTokens, quoteUri, rootUri }: PostSubjects): readonly string[] {
  if (tags.length > 0) return distinct(tags.map((tag) => `#${tag.toLowerCase()}`));
  if (domainTokens.length > 0) return distinct(wholeDomains(domainTokens));
  const [author, ...others] = [uri, quoteUri, rootUri].map((of) => parseAtUri(of)?.authority);
  const other = others.find((did) => did !== undefined && did !== author);
  return other === undefined ? [] : [`@${other}`];
}

/** Without the domains above others: of `/news.example.org` and `/example.org` the first. */
function wholeDomains(tokens: readonly string[]): string[] {
  const domains = tokens.map((token) => token.slice(1));
  return domains
    .filter((domain) => !domains.some((other) => other.endsWith(`.${domain}`)))
    .map((domain) => domain.replace(/^www\./, ''));
}

function distinct(topics: readonly string[]): string[] {
  return [...new Set(topics)].slice(0, MAX_TOPICS);
}

import { parseAtUri } from '@updraft/atproto';
import { type Feed, type FeedsFile, type ServiceIdentity } from '@updraft/feeds';
import { InvalidRequestError } from '@updraft/service';
import { UnknownFeedError } from './errors.ts';

/** Finds the feed that an at-uri names, under the publisher's DID or the service's. @throws InvalidRequestError, UnknownFeedError */
export function createFeedFinder(service: ServiceIdentity, file: FeedsFile): (uri: string) => Feed {
  // A did:web of localhost has its port after %3A. People who paste it into a query often decode that once too often.
  const publishers = new Set([service.actorDid, service.did, service.did.replace('%3A', ':')]);
  const found = new Map<string, Feed>();
  const find = (text: string): Feed => {
    const uri = parseAtUri(text);
    if (uri === undefined) throw new InvalidRequestError('feed must be an at-uri');
    const feed = uri.collection === 'app.bsky.feed.generator' ? file.feeds.get(uri.rkey) : undefined;
    if (feed !== undefined && publishers.has(uri.authority)) return feed;
    throw new UnknownFeedError(
      feed === undefined ? 'there is no such feed here' : `feeds of ${uri.authority} are not served here`,
    );
  };
  return (text) => {
    const known = found.get(text);
    if (known !== undefined) return known;
    const feed = find(text);
    found.set(text, feed); // bounded: a feed has few uris
    return feed;
  };
}

import type { Feed, ServiceIdentity } from '@updraft/feeds';
import { didWebUrl } from '@updraft/identity';
import { ask, describeAnswer, errorName, fieldsOf, objectsOf } from './ask.ts';
import { type Finding, ok, wrong } from './finding.ts';

/** Whether the AppView finds the service: its DID document, and the endpoint that this names. */
export async function checkDidDocument({ did, endpoint }: ServiceIdentity): Promise<Finding> {
  const check = 'DID document';
  const url = didWebUrl(did, true) ?? `${endpoint}/.well-known/did.json`;
  const asked = await ask(url);
  const lead = 'let the proxy lead /.well-known/did.json to feedgen';
  if ('fault' in asked) return wrong(check, `${url} can't be read: ${asked.fault}`, lead);
  if (asked.status !== 200) return wrong(check, `${url} answers ${describeAnswer(asked)}`, lead);
  const { id, service } = fieldsOf(asked.body);
  if (id !== did)
    return wrong(
      check,
      `${url} is of ${String(id)}, not of ${did}`,
      'set SERVICE_ENDPOINT of feedgen and of this command to the same origin',
    );
  const entry = objectsOf(service).find((one) => one['id'] === '#bsky_fg' || one['id'] === `${did}#bsky_fg`);
  if (entry === undefined)
    return wrong(check, `${url} has no service #bsky_fg`, `${lead}: another program answers there`);
  if (entry['type'] !== 'BskyFeedGenerator')
    return wrong(check, `#bsky_fg is a ${String(entry['type'])}`, 'its type must be BskyFeedGenerator');
  if (entry['serviceEndpoint'] !== endpoint)
    return wrong(
      check,
      `#bsky_fg leads to ${String(entry['serviceEndpoint'])}, not to ${endpoint}`,
      'set SERVICE_ENDPOINT of feedgen to the origin that others reach, and restart it',
    );
  return ok(check, `${url} names #bsky_fg at ${endpoint}`);
}

const REACH = 'see whether feedgen runs and whether the proxy leads to it';

/** Whether the endpoint says that it has the feeds. */
export async function checkDescription(service: ServiceIdentity, feeds: readonly Feed[]): Promise<Finding> {
  const check = 'endpoint';
  const asked = await ask(`${service.endpoint}/xrpc/app.bsky.feed.describeFeedGenerator`);
  if ('fault' in asked) return wrong(check, `${service.endpoint} can't be reached: ${asked.fault}`, REACH);
  if (asked.status !== 200) return wrong(check, `describeFeedGenerator answers ${describeAnswer(asked)}`, REACH);
  const { did, feeds: listed } = fieldsOf(asked.body);
  if (did !== service.did)
    return wrong(
      check,
      `the service there is ${String(did)}, not ${service.did}`,
      'the name leads to another service: correct the proxy or SERVICE_ENDPOINT',
    );
  const uris = new Set(objectsOf(listed).map(({ uri }) => uri));
  const missing = feeds.filter(({ alias }) => !uris.has(uriOf(service, alias))).map(({ alias }) => alias);
  if (missing.length > 0)
    return wrong(
      check,
      `the service there does not have ${missing.join(', ')} of ${service.actorDid}`,
      'restart feedgen with this feeds file (FEEDS_FILE) and FEED_ACTOR_DID',
    );
  return ok(check, `${service.endpoint} has ${uris.size} feeds`);
}

/** Whether the endpoint gives a page of the feed to who is not signed in, or says that one must sign in. */
export async function checkPage(service: ServiceIdentity, feed: Feed): Promise<Finding> {
  const check = `page of ${feed.alias}`;
  const asked = await ask(pageUrl(service, feed));
  if ('fault' in asked) return wrong(check, `can't be read: ${asked.fault}`, REACH);
  const { feed: posts } = fieldsOf(asked.body);
  if (asked.status === 200 && Array.isArray(posts)) return checkReaders(check, feed, objectsOf(posts));
  const isPrivate = feed.audience !== 'everyone' && errorName(asked) === 'AuthenticationRequired';
  if (asked.status === 401 && isPrivate) return ok(check, 'is refused to who is not signed in, as it should be');
  const isUnbuilt = errorName(asked) === 'FeedNotReady';
  const todo = isUnbuilt ? 'wait for its first build; if none comes, the log of feedgen says why' : REACH;
  return wrong(check, `is answered by ${describeAnswer(asked)}`, todo);
}

/** Who is not signed in has a page: of a feed for everyone, else of what the file lists for outsiders. */
function checkReaders(check: string, { audience, outsiders }: Feed, posts: readonly { post?: unknown }[]): Finding {
  if (audience === 'everyone') return ok(check, 'is given to everybody');
  if (posts.every(({ post }) => outsiders.some((uri) => uri === post)))
    return ok(check, 'gives who is not signed in the posts for outsiders, as it should');
  return wrong(check, 'is given to everybody, though it is not for everyone', 'restart feedgen with this feeds file');
}

export function pageUrl(service: ServiceIdentity, { alias }: Feed): string {
  const feed = encodeURIComponent(uriOf(service, alias));
  return `${service.endpoint}/xrpc/app.bsky.feed.getFeedSkeleton?feed=${feed}&limit=1`;
}

function uriOf({ actorDid }: ServiceIdentity, alias: string): string {
  return `at://${actorDid}/app.bsky.feed.generator/${alias}`;
}

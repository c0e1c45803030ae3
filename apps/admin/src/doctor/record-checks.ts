import type { Feed, ServiceIdentity } from '@updraft/feeds';
import type { DidResolver } from '@updraft/identity';
import { isLoopbackHost } from '@updraft/service';
import { ask, describeAnswer, errorName, fieldsOf } from './ask.ts';
import { type Finding, ok, skipped, wrong } from './finding.ts';

const PUBLISHER = 'set FEED_ACTOR_DID to the account whose repository holds the records of the feeds';
const PUBLISH = 'pnpm admin feed publish';

/** Whether the publisher's repository has a record of each feed that is to be published, and the record names this service. */
export async function checkRecords(
  service: ServiceIdentity,
  feeds: readonly Feed[],
  resolver: DidResolver,
): Promise<Finding[]> {
  const published = feeds.filter(({ publish }) => publish !== undefined);
  if (published.length === 0) return [skipped('record', 'no feed has a publish: in the feeds file')];
  if (service.actorDid === service.did && isLoopbackHost(new URL(service.endpoint).hostname))
    return [skipped('record', 'the publisher is this machine: nobody else reaches it', PUBLISHER)];
  const pds = await findPds(service.actorDid, resolver);
  if (typeof pds !== 'string') return [pds];
  return Promise.all(published.map((feed) => checkRecord(service, feed, pds)));
}

async function findPds(did: string, resolver: DidResolver): Promise<string | Finding> {
  try {
    const document = await resolver.resolve(did);
    return document?.pds ?? wrong('record', `the publisher ${did} has no server`, PUBLISHER);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return wrong('record', `the publisher can't be looked up: ${reason}`, `try again later, or: ${PUBLISHER}`);
  }
}

async function checkRecord({ actorDid, did }: ServiceIdentity, { alias }: Feed, pds: string): Promise<Finding> {
  const check = `record of ${alias}`;
  const query = new URLSearchParams({ repo: actorDid, collection: 'app.bsky.feed.generator', rkey: alias });
  const asked = await ask(`${pds}/xrpc/com.atproto.repo.getRecord?${query.toString()}`);
  if ('fault' in asked) return wrong(check, `${pds} can't be reached: ${asked.fault}`, 'try again later');
  if (errorName(asked) === 'RecordNotFound')
    return wrong(check, `the repository of ${actorDid} has none: no app knows the feed`, `${PUBLISH} ${alias}`);
  if (asked.status !== 200) return wrong(check, `${pds} answers ${describeAnswer(asked)}`, 'try again later');
  const named = fieldsOf(fieldsOf(asked.body)['value'])['did'];
  if (named !== did)
    return wrong(
      check,
      `names the service ${String(named)}, not ${did}: apps ask that one`,
      `${PUBLISH} ${alias}, if the feed is to come from here`,
    );
  return ok(check, `names ${did}`);
}

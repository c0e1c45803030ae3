import { FEED_EVENTS } from '@updraft/store';
import { type Account, type Directory, startDirectory } from '../feedgen/directory.ts';
import { addMembers } from '../feedgen/members.ts';
import { pickOf, writeSmallWorld } from '../feedgen/small-world.ts';
import { ACTOR_DID, type Answer, type Instance, type Stage } from '../feedgen/stage.ts';
import { bearer, sign } from '../feedgen/tokens.ts';
import type { TrueDeed, TruePage } from './truth.ts';

type Dice = (below: number) => number;

const POST = 'at://did:plc:aaaaaaaaaaaaaaaaaaaaaaaa/app.bsky.feed.post/3l3frqadlo32h';
const HOT = 'kind: hot, minimumLikes: 1, validOnly: false, replies: true, window: 144h, refresh: 1h';
const TOLD = 'publish: { name: x, acceptsInteractions: true }';
const FEEDS = `
feeds:
  apart:
    { ${HOT}, ${TOLD}, variants: { calm: { gravity: 0.1, share: 40 }, few: { size: 12, window: 48h, share: 25 } } }
  quiet: { ${HOT} }
  club: { ${HOT}, ${TOLD}, audience: members, members: club, outsiders: ['${POST}'] }
`;

/** Readers of a running feed generator, and what they did. */
export interface LiveReaders extends AsyncDisposable {
  /** One of them reads a feed for some pages, and does something with what it shows. */
  act(): Promise<void>;
  readonly pages: TruePage[];
  readonly deeds: TrueDeed[];
  /** Interactions sent, replays too. */
  sent(): number;
  /** What was not as it must be. */
  readonly faults: string[];
}

export async function startLiveReaders(stage: Stage, dice: Dice, count: number): Promise<LiveReaders> {
  await writeSmallWorld(stage.clickhouse, 150, dice);
  const directory = await startDirectory();
  const service = await stage.startFeedgen({ feeds: FEEDS, env: { PLC_HOST: directory.url } });
  const readers = await registerAll(directory, count);
  await addMembers(
    service,
    'club',
    readers.slice(count / 2).map(({ did }) => did),
  );
  const [pages, deeds, faults] = [new Array<TruePage>(), new Array<TrueDeed>(), new Array<string>()];
  let sent = 0;
  const act = async (): Promise<void> => {
    const reader = pickOf(readers, dice);
    const own = await read(service, dice, reader, faults);
    pages.push(...own);
    const done = own.flatMap((page) => deedsOn(dice, page));
    if (own[0] !== undefined && dice(3) === 0) done.push(...forgeries(dice, own[0], pages));
    const batches = dice(3) === 0 ? [done, done] : [done]; // an app that had no answer sends again
    for (const batch of batches) await send(service, reader, batch, faults);
    sent += batches.length * done.length;
    deeds.push(...done);
  };
  return { act, pages, deeds, sent: () => sent, faults, [Symbol.asyncDispose]: () => directory[Symbol.asyncDispose]() };
}

async function registerAll(directory: Directory, count: number): Promise<Account[]> {
  const names = Array.from({ length: count }, (_, nth) => `reader${'abcdefghijklmnopqrstuvwxyz'[nth] ?? ''}`);
  return Promise.all(names.map((name) => directory.register(name)));
}

const today = (): number => Math.floor(Date.now() / 86_400_000);

async function read(service: Instance, dice: Dice, reader: Account, faults: string[]): Promise<TruePage[]> {
  const [feed, isPeek] = [pickOf(['apart', 'apart', 'quiet', 'club'], dice), dice(8) === 0];
  const limit = isPeek ? 1 : 2 + dice(30);
  const pages: TruePage[] = [];
  let cursor = '';
  for (let nth = isPeek ? 1 : 1 + dice(4); nth > 0; nth--) {
    const query = { limit: String(limit), ...(cursor !== '' && { cursor }) };
    // A request's own id is the caller's, and may be any.
    const headers = dice(2) === 0 ? { 'x-request-id': 'the-same' } : {};
    const answer = await service.page(feed, query, { ...bearer(await sign(reader)), ...headers });
    const page = pageOf(answer, { feed, viewer: reader.did, isPeek }, pages.at(-1), faults);
    pages.push(page);
    cursor = answer.body.cursor ?? '';
    if (cursor === '') break;
  }
  return pages;
}

type PageFacts = Pick<TruePage, 'feed' | 'viewer' | 'isPeek'>;

/** The page as its reader has it: where its posts stand is what its feedContexts say. */
function pageOf({ body }: Answer, facts: PageFacts, before: TruePage | undefined, faults: string[]): TruePage {
  const { feed, reqId = '' } = body as { feed: readonly { post: string; feedContext?: string }[]; reqId?: string };
  const contexts = feed.map(({ feedContext = '' }) =>
    /^position=(\d+);build=([\w.-]+);variant=([a-z]*)$/.exec(feedContext),
  );
  const begin = Number(contexts[0]?.[1] ?? (before === undefined ? 1 : before.begin + before.items.length));
  const isTold = facts.feed !== 'quiet';
  if (
    isTold &&
    contexts.some((context, index) => Number(context?.[1]) !== begin + index || context?.[3] !== contexts[0]?.[3])
  )
    faults.push(
      `${facts.feed}: feedContexts that don't follow each other: ${JSON.stringify(feed.map(({ feedContext }) => feedContext))}`,
    );
  if (isTold !== (reqId !== '') || (!isTold && feed.some(({ feedContext }) => feedContext !== undefined)))
    faults.push(`${facts.feed}: reqId ${reqId}`);
  const variant = contexts[0]?.[3] ?? before?.variant ?? '';
  if (before !== undefined && variant !== before.variant) faults.push(`${facts.feed}: another variant under way`);
  return { ...facts, day: today(), variant, reqId, items: feed.map(({ post }) => post), begin, isTold };
}

function deedsOn(dice: Dice, page: TruePage): TrueDeed[] {
  const deed = (item: string, event: string): TrueDeed => ({
    day: page.day,
    feed: dice(3) === 0 ? '' : page.feed,
    viewer: page.viewer,
    reqId: page.reqId,
    item,
    event,
  });
  return page.items.flatMap((item) => [
    ...(dice(3) > 0 ? [deed(item, 'interactionSeen')] : []),
    ...(dice(4) === 0 ? [deed(item, pickOf(FEED_EVENTS, dice))] : []),
    ...(dice(30) === 0 ? [deed(item, 'clickthroughItem')] : []),
  ]);
}

/** Names of pages that are made up or somebody else's, and posts that were not there. */
function forgeries(dice: Dice, own: TruePage, all: readonly TruePage[]): TrueDeed[] {
  const other = pickOf(all, dice);
  const item = pickOf([...other.items, POST], dice);
  const base = { day: own.day, feed: own.feed, viewer: own.viewer, item, event: pickOf(FEED_EVENTS, dice) };
  return [
    { ...base, reqId: other.reqId },
    { ...base, reqId: own.reqId },
    { ...base, reqId: `made-up-${dice(5)}` },
    { ...base, reqId: '' },
  ];
}

const LXM = 'app.bsky.feed.sendInteractions';

async function send(service: Instance, reader: Account, deeds: readonly TrueDeed[], faults: string[]): Promise<void> {
  for (const [feed, of] of Map.groupBy(deeds, (deed) => deed.feed)) {
    const interactions = of.map(({ item, event, reqId }) => ({ item, event: `app.bsky.feed.defs#${event}`, reqId }));
    const uri = `at://${ACTOR_DID}/app.bsky.feed.generator/${feed}`;
    const body = { ...(feed !== '' && { feed: uri }), interactions };
    const { status } = await service.send('POST', `/xrpc/${LXM}`, bearer(await sign(reader, { lxm: LXM })), body);
    if (status !== 200) faults.push(`interactions answered with ${status}`);
  }
}

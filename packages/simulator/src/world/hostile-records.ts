import { engagementRecord } from './engagement.ts';
import type { WorldEvent } from './event.ts';
import { hostileKey } from './hostile-keys.ts';
import { HUGE_NUMBERS, nested, STRANGE_TEXTS, STRANGE_TIMES, STRANGE_VALUES } from './hostile-values.ts';
import { postRecord } from './posting.ts';
import { createWeighted, type Random } from './rng.ts';
import { commit, pickActor, pickTarget, strongRef, type WorldState } from './state.ts';

/** Well-formed commits of malformed records: no server upstream validates lexicons. */

type Maker = (state: WorldState, collection: string) => string;

const pickCollection = createWeighted<string>([
  ['app.bsky.feed.post', 40],
  ['app.bsky.feed.like', 20],
  ['app.bsky.feed.repost', 8],
  ['app.bsky.graph.follow', 8],
  ['app.bsky.graph.block', 4],
  ['app.bsky.actor.profile', 8],
  ['', 12],
]);

const pickMaker: (random: Random) => Maker = createWeighted<Maker>([
  [anyValue, 6],
  [badTime, 14],
  [strangeFields, 22],
  [strangeSubject, 14],
  [sane, 40],
  [deep, 3],
  [withKeysOfPrototypes, 2],
  [strongRefsInside, 3],
  [large, 0.4],
  [enormous, 0.02],
]);

/** A create, update or delete of something strange, now and then under a strange key or in an invented collection. */
export function hostileCommit(state: WorldState): WorldEvent {
  const { random } = state;
  const key = hostileKey(state, pickActor(state), pickCollection(random));
  if (key.known && random.chance(0.4))
    return commit(state, key.account, { operation: 'delete', collection: key.collection, rkey: key.rkey });
  const record = pickMaker(random)(state, key.collection);
  return commit(state, key.account, {
    operation: random.chance(0.85) ? 'create' : 'update',
    collection: key.collection,
    rkey: key.rkey,
    record,
  });
}

/** A sound record, for a hostile key. */
function sane(state: WorldState, collection: string): string {
  const name = (
    {
      'app.bsky.feed.like': 'like',
      'app.bsky.feed.repost': 'repost',
      'app.bsky.graph.follow': 'follow',
      'app.bsky.graph.block': 'block',
    } as const
  )[collection];
  return (name && engagementRecord(state, name)) ?? postRecord(state);
}

function anyValue({ random }: WorldState): string {
  return random.pick(STRANGE_VALUES);
}

function badTime(state: WorldState, collection: string): string {
  const time = state.random.pick(STRANGE_TIMES);
  const record = sane(state, collection);
  return record.replace(/"createdAt":"[^"]*"/, time === '' ? '"noCreatedAt":1' : `"createdAt":${time}`);
}

const FIELDS = [
  'text',
  'langs',
  'reply',
  'embed',
  'facets',
  'tags',
  'displayName',
  'description',
  'pinnedPost',
  '$type',
  'subject',
  'via',
];

/** An object of the right type in which any fields hold anything. */
function strangeFields(state: WorldState, collection: string): string {
  const { random } = state;
  const fields = [`"$type":"${collection}"`, `"createdAt":"${state.writeTime(state.clock / 1_000)}"`];
  for (let i = 1 + random.int(5); i > 0; i--) fields.push(`"${random.pick(FIELDS)}":${fieldValue(state)}`);
  return `{${fields.join(',')}}`;
}

function fieldValue(state: WorldState): string {
  const { random, accounts } = state;
  const u = random.next();
  if (u < 0.3) return random.pick(STRANGE_VALUES);
  if (u < 0.55) return random.pick(STRANGE_TEXTS);
  if (u < 0.62) return random.pick(HUGE_NUMBERS);
  if (u < 0.7) return `["en",5,null,"","${'x'.repeat(random.int(60))}",["de"],"pt-BR"]`;
  if (u < 0.78)
    return `{"$type":"app.bsky.embed.${random.pick(['images', 'gallery', 'video', 'record', 'recordWithMedia', 'nonsense'])}","record":${random.pick(STRANGE_VALUES)},"media":${random.pick(STRANGE_VALUES)},"items":${random.pick(STRANGE_VALUES)},"alt":${random.pick(STRANGE_TEXTS)}}`;
  if (u < 0.86)
    return `[{"features":[{"$type":"app.bsky.richtext.facet#tag","tag":${random.pick(STRANGE_TEXTS)}},{"$type":"app.bsky.richtext.facet#mention","did":"${accounts.did(pickTarget(state))}"},null,7]},3,{"features":4}]`;
  if (u < 0.94) return `{"parent":{"uri":${random.pick(STRANGE_TEXTS)}},"root":${random.pick(STRANGE_VALUES)}}`;
  return `[${Array.from({ length: 100 }, (_, i) => `"tag${i}"`).join(',')}]`;
}

function strangeSubject(state: WorldState, collection: string): string {
  const { random, accounts } = state;
  const subject = random.pick([
    () => random.pick(STRANGE_VALUES),
    () => random.pick(STRANGE_TEXTS),
    () => `"at://${accounts.did(pickTarget(state))}/app.bsky.feed.post/3kabc"`,
    () => `{"uri":"at://${accounts.did(pickTarget(state))}"}`,
    () => `{"uri":"at://${accounts.handle(pickTarget(state), 0)}/app.bsky.feed.post/3kaaa"}`,
    () => `{"uri":"https://bsky.app/profile/x/post/3kaaa","cid":"bafy"}`,
    () => `{"uri":"at://${accounts.did(pickTarget(state))}/app.bsky.feed.post/a::b","cid":5}`,
    () => `{"uri":${random.pick(HUGE_NUMBERS)}}`,
    () => `{"did":"${accounts.did(pickTarget(state))}"}`,
    () => `"did:web:${random.pick(['example.com', 'localhost%3A3000', 'x.y.example'])}"`,
  ])();
  return `{"$type":"${collection}","createdAt":"${state.writeTime(state.clock / 1_000)}","subject":${subject}}`;
}

/** Depths far from any sensible bound, on both sides. */
function deep({ random }: WorldState): string {
  return `{"deep":${nested(random.pick([30, 200, 400, 2_000, 10_000]), random.chance(0.5))}}`;
}

function withKeysOfPrototypes({ random }: WorldState): string {
  const key = random.pick(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '', '1', '\\u0000', '\\ud800']);
  return `{"text":"keys","${key}":{"uri":"at://did:web:example.com/a.b.c/d","cid":"bafy","x":1},"2":2,"b":1,"10":3}`;
}

/** References at any place, which are stored without their cids, and objects that only look like references. */
function strongRefsInside(state: WorldState): string {
  const ref = strongRef(state, 'at://did:web:example.com/app.bsky.feed.post/3kaaaaaaaaa22');
  return `{"text":"refs","list":[${ref},[${ref}]],"cid":"bafytop","uri":"at://did:web:example.com","blob":{"$type":"blob","ref":{"$link":"${state.cid.blob()}"}},"other":{"cid":"bafy","uri":"https://example.com"},"half":{"cid":"bafy"},"odd":{"cid":5,"uri":"at://x"}}`;
}

function large({ random }: WorldState): string {
  return `{"$type":"app.bsky.feed.post","text":"${'Lorem ipsum 🦋 '.repeat(2_000 + random.int(8_000))}","createdAt":"2026-01-01T00:00:00Z"}`;
}

function enormous(): string {
  return `{"$type":"app.bsky.feed.post","text":"${'five megabytes, '.repeat(312_500)}","createdAt":"2026-01-01T00:00:00Z"}`;
}

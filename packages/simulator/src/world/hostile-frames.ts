import type { WorldEvent } from './event.ts';
import { STRANGE_VALUES } from './hostile-values.ts';
import type { Random } from './rng.ts';
import { commit, createdAt, displayTime, nextRkey, pickActor, tidOf, type WorldState } from './state.ts';

/** A frame that no healthy server sends, or an event with one fault in it. */
export function hostileFrame(state: WorldState): WorldEvent {
  return state.random.chance(0.3) ? rawFrame(state) : spoiltEvent(state);
}

/** The whole frame is strange. */
function rawFrame(state: WorldState): WorldEvent {
  const { random, accounts } = state;
  const did = accounts.did(pickActor(state));
  const timeUs = displayTime(state);
  const n = random.int(1e6);
  const record = `"kind":"commit","commit":{"rev":"3mptbypluud2a","operation":"create","collection":"app.bsky.feed.post","rkey":"3mptbyplj5d2a","record":{"text":"${n}"}}`;
  const raw = random.pick([
    `{"did":"${did}","time_us":${timeUs},"kind":"comm`,
    `not json ${n}`,
    '',
    '\u0000',
    `{"did":"${did}" "time_us":1}`,
    'null',
    'true',
    String(n),
    `"${n}"`,
    `[${n}]`,
    '[]',
    '{}',
    `{"did":"${did}","kind":"sync","n":${n}}`,
    `{"did":"${did}","time_us":${timeUs},"kind":null,"n":${n}}`,
    `{"time_us":${timeUs},${record}}`,
    `{"did":5,"time_us":${timeUs},${record}}`,
    `{"did":"did:plc:","time_us":${timeUs},${record}}`,
    `{"did":"DID:plc:abc","time_us":${timeUs},${record}}`,
    `{"did":"${did} ","time_us":${timeUs},${record}}`,
    `{"did":"${did}",${record}}`,
    `{"did":"${did}","time_us":"${timeUs}",${record}}`,
    `{"did":"${did}","time_us":-5,${record}}`,
    `{"did":"${did}","time_us":1.5,${record}}`,
    `{"did":"${did}","time_us":1e300,${record}}`,
    `{"did":"${did}","time_us":${timeUs},"cursor":"five",${record}}`,
    `{"did":"${did}","time_us":${timeUs},"cursor":-1,${record}}`,
  ]);
  return { did: '', timeUs, tail: '', raw, nth: 0 };
}

/** An event whose fault comes after a sound head. */
function spoiltEvent(state: WorldState): WorldEvent {
  const { random, accounts } = state;
  const actor = pickActor(state);
  const did = accounts.did(actor);
  const tail = random.chance(0.65)
    ? spoiltCommit(state, actor)
    : spoiltAccountEvent(random, did, state.writeTime(state.clock / 1_000));
  return { did, timeUs: displayTime(state), tail, raw: undefined, nth: 0 };
}

function spoiltCommit(state: WorldState, actor: number): string {
  const { random } = state;
  const sound = commit(state, actor, {
    operation: 'create',
    collection: 'app.bsky.feed.post',
    rkey: tidOf(state, actor, nextRkey(state, actor)),
    record: `{"$type":"app.bsky.feed.post","createdAt":"${createdAt(state)}","text":"spoilt"}`,
  }).tail;
  const strange = random.pick(STRANGE_VALUES);
  return random.pick(COMMIT_FAULTS)(sound, random, strange);
}

/** Each spoils a sound commit; `strange` is a JSON value that no field expects. */
const COMMIT_FAULTS: readonly ((sound: string, random: Random, strange: string) => string)[] = [
  (_, random) =>
    `,"kind":"commit","commit":${random.pick(['null', '5', '[]', '"text"', 'true'])},"n":${random.int(1e6)}}`,
  (_, random) => `,"kind":"commit","n":${random.int(1e6)}}`,
  (sound, random) => withField(sound, 'rev', random.pick(BAD_REVS)),
  (sound) => sound.replace(/"rev":"[^"]*",/, ''),
  (sound, random) => withField(sound, 'operation', random.pick(BAD_OPERATIONS)),
  (sound, random) => withField(sound, 'collection', random.pick(BAD_COLLECTIONS)),
  (sound, random) => withField(sound, 'rkey', random.pick(BAD_RKEYS)),
  (sound) => sound.replace(/,"record":.*$/, '}}'),
  (_, random, strange) =>
    `,"kind":"commit","commit":{"rev":${strange},"operation":"delete","collection":"app.bsky.feed.like","rkey":"3kaaaaaaaaa22"},"n":${random.int(1e6)}}`,
];

function withField(sound: string, name: string, json: string): string {
  return sound.replace(new RegExp(`"${name}":"[^"]*"`), `"${name}":${json}`);
}

const BAD_REVS = '"" "3mptbypluud2" "3mptbypluud2aa" "zzzzzzzzzzzzz" "0000000000000" "3MPTBYPLUUD2A" null 5 {}'.split(
  ' ',
);
const BAD_OPERATIONS = ['"upsert"', '"CREATE"', '""', 'null', '1', '"deleted"'];
const BAD_COLLECTIONS = [
  '"nodots"',
  '"a.b"',
  '""',
  'null',
  '5',
  '"app..bsky"',
  '"app.bsky.feed/post"',
  '"ünï.code.x"',
  `"${'a.b.'.repeat(100)}c"`,
];
const BAD_RKEYS = [
  '""',
  '"."',
  '".."',
  '"a/b"',
  '"ünï"',
  '"with space"',
  'null',
  '12',
  `"${'k'.repeat(513)}"`,
  '"nul\\u0000"',
];

function spoiltAccountEvent(random: Random, did: string, time: string): string {
  const n = random.int(1e9);
  const kind = random.chance(0.5) ? 'identity' : 'account';
  const active = kind === 'account' ? '"active":true,' : '';
  return random.pick([
    `,"kind":"${kind}","n":${n}}`,
    `,"kind":"${kind}","${kind}":${random.pick(['null', '[]', '"x"', '7'])},"n":${n}}`,
    `,"kind":"${kind}","${kind}":{${active}"did":"${did}","seq":${n}}}`,
    `,"kind":"${kind}","${kind}":{${active}"did":"${did}","seq":${n},"time":${random.pick(BAD_TIMES)}}}`,
    `,"kind":"${kind}","${kind}":{${active}"did":"did:plc:somebodyelse","seq":${n},"time":"${time}"}}`,
    `,"kind":"${kind}","${kind}":{${active}"did":5,"seq":${n},"time":"${time}"}}`,
    `,"kind":"account","account":{"active":${random.pick(['1', 'null', '"true"', '{}'])},"did":"${did}","seq":${n},"time":"${time}"}}`,
    `,"kind":"account","account":{"did":"${did}","seq":${n},"time":"${time}"}}`,
    `,"kind":"account","account":{"active":false,"did":"${did}","seq":${n},"status":${random.pick(['5', '[]', '{}', `"${'s'.repeat(300)}"`])},"time":"${time}"}}`,
    `,"kind":"identity","identity":{"did":"${did}","handle":${random.pick(['5', '"nodots"', '"-a.example"', '"with space.example"', '[]', `"${'a.'.repeat(200)}example"`])},"seq":${n},"time":"${time}"}}`,
  ]);
}

const BAD_TIMES = [
  '"yesterday"',
  '""',
  '5',
  'null',
  '"2026-02-30T00:00:00Z"',
  '"1969-12-31T23:59:59Z"',
  '"0000-01-01T00:00:00Z"',
  '"275760-09-13T00:00:00Z"',
  '"9999-12-31T23:59:59Z"',
  '"2026-07-04T14:38:08"',
];

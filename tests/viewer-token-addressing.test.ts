import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Account, type Directory, startDirectory } from './feedgen/directory.ts';
import { addMembers } from './feedgen/members.ts';
import { didOf } from './feedgen/network.ts';
import { type Instance, SERVICE_DID, type Stage, startStage, uris } from './feedgen/stage.ts';
import { bearer, sign } from './feedgen/tokens.ts';

const POST = (n: number) => `at://${didOf('author')}/app.bsky.feed.post/3l3frqadlo3${n}h`;
const FEEDS = `
feeds:
  open: { kind: static, posts: ['${POST(2)}'] }
  signed: { kind: static, posts: ['${POST(3)}'], audience: signed-in, outsiders: ['${POST(4)}'] }
  a-club: { kind: static, posts: ['${POST(5)}'], audience: members, members: club, outsiders: ['${POST(6)}'] }
`;
const now = () => Math.floor(Date.now() / 1000);

let stage: Stage;
let directory: Directory;
let feeds: Instance;
let viewer: Account;

beforeAll(async () => {
  [stage, directory] = await Promise.all([startStage(), startDirectory()]);
  viewer = await directory.register('viewer');
  feeds = await stage.startFeedgen({ feeds: FEEDS, env: { PLC_HOST: directory.url } });
  await addMembers(feeds, 'club', [viewer.did]);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await directory[Symbol.asyncDispose]();
});

const FOREIGN = [
  ['another service', { aud: 'did:web:api.bsky.app' }, 'audience', 'BadJwtAudience'],
  [
    'the AppView, as a server sends it on',
    { aud: 'did:web:api.bsky.app#bsky_appview', lxm: 'app.bsky.feed.getFeed' },
    'audience',
    'BadJwtAudience',
  ],
  ['another part of this service', { aud: `${SERVICE_DID}#atproto_labeler` }, 'audience', 'BadJwtAudience'],
  ['a service whose name begins like ours', { aud: `${SERVICE_DID}.evil.example` }, 'audience', 'BadJwtAudience'],
  ['another method', { lxm: 'app.bsky.feed.getFeed' }, 'method', 'BadJwtLexiconMethod'],
] as const;

describe.each(FOREIGN)('a token for %s', (_whom, payload, kind, error) => {
  test('is answered with the anonymous page by a feed for everyone, and counted', async () => {
    const counted = async () => {
      const { values } = await feeds.feedgen.context.metrics.tokens.get();
      return values.find(({ labels }) => labels.outcome === `foreign_${kind}`)?.value ?? 0;
    };
    const before = await counted();
    const answer = await feeds.page('open', {}, bearer(await sign(viewer, payload)));
    expect([answer.status, uris(answer)]).toEqual([200, [POST(2)]]);
    expect(await counted()).toBe(before + 1);
  });

  test('opens no feed for members or for those who are signed in', async () => {
    for (const alias of ['signed', 'a-club']) {
      const answer = await feeds.page(alias, {}, bearer(await sign(viewer, payload)));
      expect({ alias, status: answer.status, error: answer.body.error }).toEqual({ alias, status: 401, error });
    }
  });

  test('makes us ask nobody for its issuer, signed well or badly', async () => {
    directory.asked.length = 0;
    const stranger = { did: didOf(`stranger${kind}`), key: viewer.key };
    expect((await feeds.page('open', {}, bearer(await sign(stranger, payload)))).status).toBe(200);
    expect(directory.asked).toEqual([]);
  });

  test.for([
    ['expired', { exp: now() - 1 }, {}],
    ['good for more than an hour', { exp: now() + 4_000 }, {}],
    ['from an issuer that is not a DID', { iss: 'viewer.example' }, {}],
    ['with a method that is not a string', { lxm: 7 }, {}],
    ['of a session', {}, { typ: 'at+jwt' }],
    ['without a signature algorithm', {}, { alg: 'none' }],
  ] as const)('is refused when it is %s', async ([, more, header]) => {
    const answer = await feeds.page('open', {}, bearer(await sign(viewer, { ...payload, ...more }, header)));
    expect(answer.status).toBe(401);
  });
});

test('a viewer whose token was foreign leaves no trace in the analytics', async () => {
  const reader = await directory.register('foreign');
  const seen = () => feeds.feedgen.context.analytics.waiting();
  const before = seen();
  await feeds.page('open', {}, bearer(await sign(reader, { aud: 'did:web:api.bsky.app' })));
  expect(seen()).toBe(before);
});

test('sendInteractions takes no token for another service or method', async () => {
  const lxm = 'app.bsky.feed.sendInteractions';
  const send = async (payload: object) =>
    feeds.send('POST', `/xrpc/${lxm}`, bearer(await sign(viewer, payload)), { interactions: [] });
  expect((await send({ lxm })).status).toBe(200);
  expect((await send({ lxm, aud: 'did:web:api.bsky.app' })).status).toBe(401);
  expect((await send({ lxm: 'app.bsky.feed.getFeed' })).status).toBe(401);
});

import { createServiceJwt } from '@atproto/xrpc-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Account, Directory } from './feedgen/directory.ts';
import { addMembers } from './feedgen/members.ts';
import { didOf } from './feedgen/network.ts';
import { type Instance, SERVICE_DID, uris } from './feedgen/stage.ts';
import { bearer, encode, goodToken, sign, withOtherS } from './feedgen/tokens.ts';
import { POST, startViewerStage, type ViewerStage } from './feedgen/viewers.ts';

let viewers: ViewerStage;
let feeds: Instance;
let directory: Directory;
let viewer: Account;
let other: Account;
let p256: Account;
let old2019: Account;
let older256: Account;

beforeAll(async () => {
  viewers = await startViewerStage();
  ({ directory, feeds, viewer, other } = viewers);
  p256 = await directory.register('pviewer', 'p256');
  old2019 = await directory.register('old', 'secp256k1', '2019');
  older256 = await directory.register('older', 'p256', '2019');
  await addMembers(
    feeds,
    'club',
    [p256, old2019, older256].map(({ did }) => did),
  );
});
afterAll(() => viewers[Symbol.asyncDispose]());

describe('a good token', () => {
  test('opens a private feed to a member, by both curves and every form of key', async () => {
    for (const account of [viewer, p256, old2019, older256]) {
      expect(uris(await feeds.page('a-club', {}, bearer(await sign(account))))).toEqual([POST(4)]);
    }
  });

  test('of the reference implementation is good here', async () => {
    const jwt = await createServiceJwt({
      iss: viewer.did,
      aud: `${SERVICE_DID}#bsky_fg`,
      lxm: 'app.bsky.feed.getFeedSkeleton',
      keypair: viewer.key,
    });
    expect(uris(await feeds.page('a-club', {}, bearer(jwt)))).toEqual([POST(4)]);
  });

  test('may name the service with its fragment, name its key, have the other s, and lack iat, jti and typ', async () => {
    const forms = [
      await sign(viewer, { aud: `${SERVICE_DID}#bsky_fg` }),
      await sign(viewer, { iss: `${viewer.did}#atproto` }),
      await sign(viewer, {}, { kid: '#atproto' }),
      await sign(viewer, {}, { typ: ' jwt ' }),
      withOtherS(await sign(viewer)),
      await sign(viewer, { iat: undefined, jti: undefined }),
      await sign(viewer, {}, { typ: undefined }),
    ];
    for (const form of forms) expect(uris(await feeds.page('a-club', {}, bearer(form)))).toEqual([POST(4)]);
    expect((await feeds.page('a-club', {}, { authorization: `bearer  ${await sign(viewer)}` })).status).toBe(200);
  });

  test('without lxm is enough for a public feed and one for signed-in viewers, not for a private one', async () => {
    const token = bearer(await sign(viewer, { lxm: undefined }));
    expect((await feeds.page('open', {}, token)).status).toBe(200);
    expect(uris(await feeds.page('signed', {}, token))).toEqual([POST(3)]);
    expect(await feeds.page('a-club', {}, token)).toMatchObject({
      status: 401,
      body: { error: 'BadJwtLexiconMethod' },
    });
  });

  test('of an outsider, and no token, show what outsiders see, page by page', async () => {
    expect(uris(await feeds.page('a-club', {}, bearer(await sign(other))))).toEqual([POST(5), POST(6)]);
    const first = await feeds.page('a-club', { limit: '1' });
    expect(uris(first)).toEqual([POST(5)]);
    const second = await feeds.page('a-club', { limit: '1', cursor: first.body.cursor });
    expect(second.body).toEqual({ feed: [{ post: POST(6) }] });
    expect(await feeds.page('signed')).toMatchObject({ status: 401, body: { error: 'AuthenticationRequired' } });
  });

  test("a member's cursor shows an outsider nothing of the feed", async () => {
    const cursor = Buffer.from(`1|a-club|static|0|${POST(4)}`).toString('base64url');
    expect(uris(await feeds.page('a-club', { cursor }, bearer(await sign(other))))).toEqual([]);
  });
});

/** Swaps r and s. */
function swapHalves(token: string): string {
  const [header, payload, signature = ''] = token.split('.');
  const bytes = Buffer.from(signature, 'base64url');
  return `${header}.${payload}.${Buffer.concat([bytes.subarray(32), bytes.subarray(0, 32)]).toString('base64url')}`;
}

const withSignature = (token: string, signature: Buffer) =>
  `${token.split('.').slice(0, 2).join('.')}.${signature.toString('base64url')}`;
const withPayload = (token: string, payload: object) =>
  token
    .split('.')
    .with(1, encode({ ...goodToken(viewer).payload, ...payload }))
    .join('.');
const now = () => Math.floor(Date.now() / 1000);

const FORGED: [string, () => Promise<string>][] = [
  ["another account's signature", async () => sign({ did: viewer.did, key: other.key })],
  ['an altered payload', async () => withPayload(await sign(other), { iss: viewer.did })],
  ['swapped signature halves', async () => swapHalves(await sign(viewer))],
  ['an empty signature', async () => `${(await sign(viewer)).split('.').slice(0, 2).join('.')}.`],
  ['no third part', async () => (await sign(viewer)).split('.').slice(0, 2).join('.')],
  ['a fourth part', async () => `${await sign(viewer)}.x`],
  ['a signature of zeros', async () => withSignature(await sign(viewer), Buffer.alloc(64))],
  ['a signature beyond the order', async () => withSignature(await sign(viewer), Buffer.alloc(64, 0xff))],
  ['a signature of 63 bytes', async () => withSignature(await sign(viewer), Buffer.alloc(63, 1))],
  ['a signature of 65 bytes', async () => withSignature(await sign(viewer), Buffer.alloc(65, 1))],
  ['alg none', async () => sign(viewer, {}, { alg: 'none' })],
  ['alg none without a signature', async () => `${encode({ alg: 'none' })}.${encode(goodToken(viewer).payload)}.`],
  ['alg HS256', async () => sign(viewer, {}, { alg: 'HS256' })],
  ['the other curve in the header', async () => sign(viewer, {}, { alg: 'ES256' })],
  ['the other curve in the header, of P-256', async () => sign(p256, {}, { alg: 'ES256K' })],
  ["the other curve's key", async () => sign({ did: viewer.did, key: p256.key })],
  ['no alg', async () => sign(viewer, {}, { alg: undefined })],
  ['typ at+jwt', async () => sign(viewer, {}, { typ: 'at+jwt' })],
  ['typ refresh+jwt', async () => sign(viewer, {}, { typ: 'refresh+jwt' })],
  ['typ dpop+jwt', async () => sign(viewer, {}, { typ: 'dpop+jwt' })],
  ['typ AT+JWT', async () => sign(viewer, {}, { typ: 'AT+JWT' })],
  ['typ at+jwt with spaces', async () => sign(viewer, {}, { typ: '\t At+Jwt ' })],
  ['typ application/at+jwt', async () => sign(viewer, {}, { typ: ' Application/AT+JWT; v=1' })],
  ['typ at+jwt beside what no header may hold', async () => sign(viewer, {}, { typ: 'at+jwt;\r\nx: \u2603' })],
  ['typ null', async () => sign(viewer, {}, { typ: null })],
  ['kid of another key', async () => sign(viewer, {}, { kid: '#atproto_label' })],
  ['kid with the DID', async () => sign(viewer, {}, { kid: `${viewer.did}#atproto` })],
  ['kid null', async () => sign(viewer, {}, { kid: null })],
  ['a critical extension', async () => sign(viewer, {}, { crit: ['exp'] })],
  ['exp in the past', async () => sign(viewer, { exp: now() - 1 })],
  ['exp in more than an hour', async () => sign(viewer, { exp: now() + 3_660 })],
  ['exp in milliseconds', async () => sign(viewer, { exp: Date.now() + 60_000 })],
  ['exp as a string', async () => sign(viewer, { exp: String(now() + 60) })],
  ['no exp', async () => sign(viewer, { exp: undefined })],
  [
    'exp beyond numbers',
    async () =>
      (await sign(viewer))
        .split('.')
        .with(
          1,
          Buffer.from(JSON.stringify(goodToken(viewer).payload).replace(/"exp":\d+/, '"exp":1e999')).toString(
            'base64url',
          ),
        )
        .join('.'),
  ],
  ['nbf in the future', async () => sign(viewer, { nbf: now() + 60 })],
  ['a list as audience', async () => sign(viewer, { aud: [SERVICE_DID] })],
  ['no audience', async () => sign(viewer, { aud: undefined })],
  ['lxm null', async () => sign(viewer, { lxm: null })],
  ['an issuer that is not a DID', async () => sign(viewer, { iss: 'viewer.example' })],
  ['an issuer with a foreign fragment', async () => sign(viewer, { iss: `${viewer.did}#atproto_labeler` })],
  ['an issuer with an empty fragment', async () => sign(viewer, { iss: `${viewer.did}#` })],
  ['an issuer with two fragments', async () => sign(viewer, { iss: `${viewer.did}#a#b` })],
  ['no issuer', async () => sign(viewer, { iss: undefined })],
  ['an issuer that nobody knows', async () => sign({ did: didOf('unknown'), key: viewer.key })],
  ['a padded part', async () => `${await sign(viewer)}==`],
  ['a header that is not JSON', async () => `e30x.${(await sign(viewer)).split('.').slice(1).join('.')}`],
  ['a header that is a list', async () => `${encode([])}.${(await sign(viewer)).split('.').slice(1).join('.')}`],
  ['three empty parts', async () => '..'],
  ['a token of 10,000 characters', async () => sign(viewer, { jti: 'x'.repeat(10_000) })],
];

describe('a forged token', () => {
  test.each(FORGED)('with %s is refused with 401, on every feed', async (_form, forge) => {
    for (const alias of ['open', 'signed', 'a-club']) {
      const answer = await feeds.page(alias, {}, bearer(await forge()));
      expect({ alias, status: answer.status }).toEqual({ alias, status: 401 });
      expect(answer.body).toEqual({ error: expect.stringMatching(/^[A-Z]\w+$/), message: expect.any(String) });
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
    }
  });

  test('with wrong claims makes us ask nobody', async () => {
    directory.asked.length = 0;
    for (const payload of [{ exp: now() - 1 }, { aud: 'did:web:other.example' }, { lxm: 'x.y.z' }]) {
      await feeds.page('a-club', {}, bearer(await sign({ did: didOf('fresh'), key: viewer.key }, payload)));
    }
    await feeds.page('a-club', {}, bearer(await sign({ did: didOf('fresh'), key: viewer.key }, {}, { typ: 'at+jwt' })));
    expect(directory.asked).toEqual([]);
  });

  test.each(['Basic eDp5', 'Bearer', 'Bearer a b', 'DPoP x'])('in a header %j is refused', async (authorization) => {
    expect((await feeds.page('open', {}, { authorization })).status).toBe(401);
  });
});

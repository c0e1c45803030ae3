import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AtpAgent } from '@atproto/api';
import { P256Keypair, Secp256k1Keypair } from '@atproto/crypto';
import type { TestNetworkNoAppView } from '@atproto/dev-env';
import { runCommand } from '@updraft/command';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addFeedsCommands } from '../apps/admin/src/feeds/feeds-commands.ts';
import { didOf } from './feedgen/network.ts';
import { type Instance, SERVICE_DID, type Stage, startStage, until, uris } from './feedgen/stage.ts';
import { bearer, SKELETON, sign } from './feedgen/tokens.ts';
import { startTestNetwork } from './pds/test-network.ts';

// A real PDS and a real PLC directory.
const OUTSIDE = `at://${didOf('notice')}/app.bsky.feed.post/3l3frqadlo32h`;
const INSIDE = `at://${didOf('inside')}/app.bsky.feed.post/3l3frqadlo32h`;
const feedsFile = (description: string) => `
feeds:
  a-club:
    kind: static
    posts: ['${INSIDE}']
    audience: members
    members: club
    outsiders: ['${OUTSIDE}']
    publish: { name: The club, description: '${description}', avatar: club.png, acceptsInteractions: true }
  open:
    kind: static
    posts: ['${OUTSIDE}']
    publish: { name: Open, contentMode: video }
  unpublished: { kind: static, posts: ['${OUTSIDE}'] }
`;
/** The smallest png: one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

const rkeyOf = (uri: string) => uri.slice(uri.lastIndexOf('/') + 1);
const byFirst = ([a]: unknown[], [b]: unknown[]) => (String(a) < String(b) ? -1 : 1);

let network: TestNetworkNoAppView;
let stage: Stage;
let feeds: Instance;
let folder: string;

beforeAll(async () => {
  [network, stage, folder] = await Promise.all([
    startTestNetwork(),
    startStage(),
    mkdtemp(join(tmpdir(), 'updraft-publishing-')),
  ]);
  await writeFile(join(folder, 'club.png'), PNG);
  await writeFile(join(folder, 'feeds.yaml'), feedsFile('Ours'));
  feeds = await stage.startFeedgen({ feeds: feedsFile('Ours'), env: { PLC_HOST: network.plc.url } });
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
  await network.close();
  await rm(folder, { recursive: true, force: true });
});

async function signUp(name: string): Promise<AtpAgent> {
  const agent = new AtpAgent({ service: network.pds.url });
  await agent.createAccount({ email: `${name}@example.com`, handle: `${name}.test`, password: 'hunter22' });
  return agent;
}

/** A token as the PDS makes it for the feed generator. */
async function serviceAuth(agent: AtpAgent): Promise<string> {
  return (await agent.com.atproto.server.getServiceAuth({ aud: SERVICE_DID, lxm: SKELETON })).data.token;
}

async function setMember(did: string, isMember: boolean): Promise<void> {
  const actions = [{ kind: isMember ? ('give' as const) : ('remove' as const) }];
  await feeds.feedgen.context.membership.change({ label: 'club', changedBy: 'test' }, [{ did, actions }]);
}

describe('accounts of a real PDS', () => {
  test('a member reads the private feed, an outsider the notice, and a removed member stops', async () => {
    const [member, outsider] = [await signUp('maria'), await signUp('oskar')];
    await setMember(member.assertDid, true);
    expect(uris(await feeds.page('a-club', {}, bearer(await serviceAuth(member))))).toEqual([INSIDE]);
    expect(uris(await feeds.page('a-club', {}, bearer(await serviceAuth(outsider))))).toEqual([OUTSIDE]);
    await setMember(member.assertDid, false);
    await until(async () => uris(await feeds.page('a-club', {}, bearer(await serviceAuth(member)))).includes(OUTSIDE));
  });

  test('P-256 keys and rotated keys are good as soon as the PLC directory has them', async () => {
    const rotation = await Secp256k1Keypair.create();
    const client = network.plc.getClient();
    const key = await P256Keypair.create();
    const did = await client.createDid({
      signingKey: key.did(),
      handle: 'p256.test',
      pds: network.pds.url,
      rotationKeys: [rotation.did()],
      signer: rotation,
    });
    await setMember(did, true);
    expect(uris(await feeds.page('a-club', {}, bearer(await sign({ did, key }))))).toEqual([INSIDE]);
    const next = await P256Keypair.create();
    await client.updateAtprotoKey(did, rotation, next.did());
    expect(uris(await feeds.page('a-club', {}, bearer(await sign({ did, key: next }))))).toEqual([INSIDE]);
    expect((await feeds.page('a-club', {}, bearer(await sign({ did, key })))).status).toBe(401);
  });
});

describe('publishing', () => {
  let publisher: AtpAgent;

  const admin = (...argv: string[]) => adminWith({}, ...argv);

  async function adminWith(changed: Readonly<Record<string, string>>, ...argv: string[]) {
    const [out, notes] = [new Array<string>(), new Array<string>()];
    const env = {
      SERVICE_ENDPOINT: 'https://feeds.example',
      FEED_ACTOR_DID: publisher.assertDid,
      FEEDS_FILE: join(folder, 'feeds.yaml'),
      PUBLISHER_PDS: network.pds.url,
      PUBLISHER_IDENTIFIER: 'publisher.test',
      PUBLISHER_PASSWORD: 'hunter22',
      ...changed,
    };
    const code = await runCommand('pnpm admin', addFeedsCommands, argv, {
      env,
      out: (line) => out.push(line),
      note: (line) => notes.push(line),
    });
    return { code, out, notes };
  }

  const records = async () =>
    (await publisher.com.atproto.repo.listRecords({ repo: publisher.assertDid, collection: 'app.bsky.feed.generator' }))
      .data.records;

  beforeAll(async () => {
    publisher = await signUp('publisher');
  });

  test('a dry run says what it would do and changes nothing', async () => {
    expect(await admin('feed', 'publish', '--dry-run')).toEqual({
      code: 0,
      out: ['create  a-club: The club', 'create  open: Open'],
      notes: ['dry run: nothing was changed'],
    });
    expect(await records()).toEqual([]);
  });

  test('makes the records, and a second time changes nothing', async () => {
    await admin('feed', 'publish');
    const made = await records();
    expect(made.map(({ uri, value }) => [rkeyOf(uri), value]).toSorted(byFirst)).toMatchObject([
      [
        'a-club',
        {
          did: SERVICE_DID,
          displayName: 'The club',
          description: 'Ours',
          acceptsInteractions: true,
          avatar: { mimeType: 'image/png' },
        },
      ],
      ['open', { did: SERVICE_DID, displayName: 'Open', contentMode: 'app.bsky.feed.defs#contentModeVideo' }],
    ]);
    const again = await admin('feed', 'publish');
    expect(again.out).toEqual([
      'keep    a-club: is published as it should be',
      'keep    open: is published as it should be',
    ]);
    expect(await records()).toEqual(made);
    expect((await admin('feed', 'list')).out).toHaveLength(2);
  });

  test('updates what has changed, and only that', async () => {
    const before = await records();
    await writeFile(join(folder, 'feeds.yaml'), feedsFile('Still ours'));
    expect((await admin('feed', 'publish')).out).toEqual([
      'update  a-club: description',
      'keep    open: is published as it should be',
    ]);
    const after = await records();
    const createdAt = (list: typeof after) =>
      list.map(({ uri, value }) => [rkeyOf(uri), value['createdAt']]).toSorted(byFirst);
    expect(createdAt(after)).toEqual(createdAt(before));
    expect(JSON.stringify(after)).toContain('Still ours');
  });

  test('unpublishing removes the records of this service, and no others', async () => {
    const foreign = {
      $type: 'app.bsky.feed.generator',
      did: 'did:web:other.example',
      displayName: 'Other',
      createdAt: new Date().toISOString(),
    };
    await publisher.com.atproto.repo.putRecord({
      repo: publisher.assertDid,
      collection: 'app.bsky.feed.generator',
      rkey: 'other',
      record: foreign,
    });
    expect((await admin('feed', 'unpublish', 'open', 'other', 'nope')).out).toEqual([
      'delete  open',
      'keep    other: belongs to another service',
      'keep    nope: is not published',
    ]);
    await admin('feed', 'unpublish', '--all');
    expect((await records()).map(({ uri }) => uri.split('/').at(-1))).toEqual(['other']);
  });

  test('a wrong password, a server that is away, another account and an unknown feed are one sentence each', async () => {
    expect(await admin('feed', 'publish', 'nope')).toEqual({
      code: 1,
      out: [],
      notes: ['nope has no publish: in the feeds file'],
    });
    expect(await admin('feed', 'publish', 'unpublished')).toMatchObject({ code: 1, out: [] });
    const refused = await adminWith({ PUBLISHER_PASSWORD: 'wrong' }, 'feed', 'publish');
    expect(refused).toMatchObject({
      code: 1,
      out: [],
      notes: [expect.stringMatching(/refuses to sign publisher.test in/)],
    });
    const away = await adminWith({ PUBLISHER_PDS: 'http://127.0.0.1:1' }, 'feed', 'publish', '--dry-run');
    expect(away).toMatchObject({ code: 1, out: [] });
    expect(away.notes).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:1 can't be reached: /)]);
    const other = await adminWith({ FEED_ACTOR_DID: didOf('somebody') }, 'feed', 'publish');
    expect(other).toMatchObject({ code: 1, out: [], notes: [expect.stringContaining('FEED_ACTOR_DID')] });
  });
});

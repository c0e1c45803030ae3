import { parseFeedsFile } from '@updraft/feeds';
import { createHttpServer, createLogger } from '@updraft/service';
import { expect, test } from 'vitest';
import { GraphNotReadyError } from '../for-you/graph/graph-thread.ts';
import { adminExplain } from './admin-explain.ts';
import type { FeedgenContext } from './context.ts';

const OWNER = 'did:plc:owner';
const FEEDS = `
feeds:
  top: { kind: top, minimumLikes: 1 }
  mine: { kind: for-you, fallback: top }
`;

async function ask(viewer: string, explain: () => Promise<never>) {
  const app = createHttpServer({ log: createLogger({ service: 'test', level: 'silent' }) });
  adminExplain(app, {
    file: parseFeedsFile(FEEDS, 'feeds.yaml'),
    keys: { isLoaded: () => true, check: () => ({ keyId: 'k', actorDid: OWNER, feeds: ['mine'] }) },
    identity: {},
    explain,
  } as unknown as FeedgenContext);
  const uri = 'at://did:plc:a/app.bsky.feed.post/3l3frqadlo32h';
  const query = { feed: 'mine', uri, viewer };
  const { statusCode, headers } = await app.inject({ url: '/api/admin/explain', query, headers: { 'x-api-key': 'k' } });
  await app.close();
  return { statusCode, isToComeBack: headers['retry-after'] !== undefined };
}

test('a list that can not be made now is a 503, not a fault', async () => {
  for (const error of [new GraphNotReadyError('no hour is read yet'), new DOMException('late', 'TimeoutError')])
    expect(await ask(OWNER, () => Promise.reject(error))).toEqual({ statusCode: 503, isToComeBack: true });
});

test("a key says nothing of another account's list", async () => {
  const asked = ask('did:plc:other', () => Promise.reject(new Error('it was asked')));
  expect(await asked).toMatchObject({ statusCode: 403 });
});

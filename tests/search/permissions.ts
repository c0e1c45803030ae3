import type { TestNetworkNoAppView } from '@atproto/dev-env';
import { createTokenSeal } from '@updraft/console-api';
import type { Redis } from '@updraft/store';
import { expect } from 'vitest';
import type { Store } from '../indexer/stack.ts';
import { selectRows } from '../select-rows.ts';

/** CLEANUP_TOKEN_KEY of startCleanupWorld(). */
const KEY = Buffer.alloc(32, 7);

/** How many permissions of an account its server knows. */
export async function permissionsAt({ pds }: TestNetworkNoAppView, did: string): Promise<number> {
  const { db } = pds.ctx.accountManager.db;
  const rows = await db
    .selectFrom('token')
    .select('id')
    .where('did', '=', did as 'did:plc:x')
    .execute();
  return rows.length;
}

/** As the account's owner does on the page of the account's server. */
export async function withdraw({ pds }: TestNetworkNoAppView, did: string): Promise<void> {
  const { db } = pds.ctx.accountManager.db;
  await db
    .deleteFrom('token')
    .where('did', '=', did as 'did:plc:x')
    .execute();
}

/** Makes the tokens of sessions that wait for a job look lapsed, so that the job renews them. */
export async function lapseGrants(redis: Redis): Promise<void> {
  const seal = createTokenSeal([KEY]);
  for (const key of await redis.keys('*:console:grant:*')) {
    const id = key.slice(key.lastIndexOf(':') + 1);
    const grant = JSON.parse(await seal.unseal(id, (await redis.get(key)) ?? '')) as { tokenSet: object };
    const tokenSet = { ...grant.tokenSet, expires_at: new Date(0).toISOString() };
    await redis.set(key, await seal.seal(id, JSON.stringify({ ...grant, tokenSet })), 'KEEPTTL');
  }
}

/** ClickHouse has a job's tokens and key, and shows neither. */
export async function expectSealed({ clickhouse }: Pick<Store, 'clickhouse'>, jobId: string): Promise<void> {
  const stored = await selectRows<{ job_id: string; refresh_token: string }>(
    clickhouse,
    'SELECT job_id, refresh_token FROM repo_cleanup_jobs',
  );
  const [own] = stored.filter((row) => row.job_id === jobId);
  const secret = await createTokenSeal([KEY]).unseal(jobId, own?.refresh_token ?? '');
  const { tokenSet, dpopJwk } = JSON.parse(secret) as { tokenSet: { refresh_token: string }; dpopJwk: { d: string } };
  for (const { refresh_token: sealed } of stored) {
    const parts = sealed.split('.').map((part) => Buffer.from(part, 'base64url').toString('latin1'));
    for (const text of [sealed, ...parts]) {
      expect(text).not.toContain(tokenSet.refresh_token);
      expect(text).not.toContain(dpopJwk.d);
    }
  }
}

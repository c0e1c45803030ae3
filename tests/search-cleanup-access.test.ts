import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Store, until } from './indexer/stack.ts';
import { createAccount, makeRecords } from './search/account.ts';
import { type CleanupWorld, oldPost, post, startCleanupWorld, stop, view } from './search/cleanups.ts';
import { type DevNetwork, handOn } from './search/dev-network.ts';

let world: CleanupWorld;
let network: DevNetwork;
let store: Store;
beforeAll(async () => {
  world = await startCleanupWorld('access');
  ({ network, store } = world);
}, 120_000);
afterAll(async () => {
  await world[Symbol.asyncDispose]();
});

describe('a clean-up', () => {
  test('is seen and cancelled with its secret only, and deletes nothing more then', async () => {
    const account = await createAccount(network.pdsUrl, 'changeable');
    await account.write(makeRecords(450, () => oldPost()));
    const service = await world.startService();
    const gate = Promise.withResolvers<void>();
    let batches = 0;
    network.intercept = async (call) => {
      if (call.method === 'com.atproto.repo.applyWrites' && ++batches === 2) await gate.promise;
      await handOn(call);
    };
    const { body } = await post(service.url, account, { actually_delete_stuff: true });
    const { job_id: jobId = '', job_secret: secret = '' } = body;
    await until(() => batches === 2);

    for (const wrong of [undefined, 'wrong', `${secret}x`, '']) {
      expect((await view(service.url, `job_id=${jobId}`, wrong)).status).toBe(404);
      expect((await view(service.url, `did=${account.did}`, wrong)).status).toBe(404);
      expect((await view(service.url, `job_id=${jobId}`, wrong, 'DELETE')).status).toBe(404);
    }
    expect((await view(service.url, `job_id=${jobId}`, secret)).body).toMatchObject({
      job_state: 'running',
      num_deleted: 200,
    });
    expect((await view(service.url, `did=${account.did}`, secret)).body).toMatchObject([{ job_id: jobId }]);

    const again = await post(service.url, account, { actually_delete_stuff: true });
    expect(again.body.job_id).toBe(jobId);
    expect((await view(service.url, `job_id=${jobId}`, secret)).status).toBe(404);
    const newSecret = again.body.job_secret ?? '';

    expect((await view(service.url, `job_id=${jobId}`, newSecret, 'DELETE')).status).toBe(200);
    gate.resolve();
    await until(
      async () => (await store.count('repo_cleanup_jobs', `job_id = '${jobId}' AND job_state = 'cancelled'`)) === 1,
    );
    expect((await view(service.url, `job_id=${jobId}`, newSecret)).body).toMatchObject({
      job_state: 'cancelled',
      num_deleted: 400,
    });
    expect((await account.listAll()).size).toBe(50);
    expect(await store.count('repo_cleanup_jobs', `job_id = '${jobId}' AND refresh_token != ''`)).toBe(0);
    await stop(service);
    network.intercept = handOn;
  });

  test('does not tell which part of a sign-in was wrong, and takes five a minute', async () => {
    const account = await createAccount(network.pdsUrl, 'guarded');
    const service = await world.startService();
    const unknown = { did: 'did:plc:aaaaaaaaaaaaaaaaaaaaaaaa', appPassword: 'x' };
    const answers = [
      await post(service.url, { ...account, appPassword: 'wrong-wrong' }),
      await post(service.url, unknown),
    ];
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    expect(answers[0]?.body).toEqual(answers[1]?.body);
    const more = [];
    for (let i = 0; i < 5; i++) more.push((await post(service.url, { ...account, appPassword: 'wrong-wrong' })).status);
    expect(more).toEqual([401, 401, 401, 401, 429]);
    expect(service.program.output()).not.toContain('wrong-wrong');
    await stop(service);
  });

  test('says so when the server of the account fails, and logs no password', async () => {
    const account = await createAccount(network.pdsUrl, 'discreet');
    const service = await world.startService();
    network.intercept = async (call) => call.answer({ status: 500, headers: {}, body: Buffer.from('oops') });
    const { status, body } = await post(service.url, account);
    network.intercept = handOn;
    expect([status, body.message]).toEqual([502, expect.stringContaining('did not answer as it should')]);
    expect(service.program.output()).toContain('request could not be served');
    expect(service.program.output()).not.toContain(account.appPassword);
    await stop(service);
  });

  test('is off without a key, and says so', async () => {
    const service = await world.startService({ CLEANUP_TOKEN_KEY: '' });
    const { status, body } = await post(service.url, { did: 'did:plc:x', appPassword: 'y' });
    expect([status, body.message]).toEqual([503, 'clean-ups are off: the operator has to set CLEANUP_TOKEN_KEY']);
    await stop(service);
  });
});

import { type Call, handOn } from './dev-network.ts';

/** Kills and faulty answers at a job's calls, one after the other; `left` names those that have not happened yet. */
export function createTrouble(kill: () => void) {
  const killed = async (call: Call) => {
    kill();
    call.drop();
  };
  const handedOnThenKilled = async (call: Call) => {
    await call.forward();
    await killed(call);
  };
  const steps: { readonly name: string; readonly method: string; act(call: Call): Promise<void> }[] = [
    {
      name: 'killed before the session is refreshed',
      method: 'com.atproto.server.refreshSession',
      act: killed,
    },
    {
      name: 'killed after the session was refreshed, before the token is stored',
      method: 'com.atproto.server.refreshSession',
      act: handedOnThenKilled,
    },
    {
      name: 'killed while the repository is read',
      method: 'com.atproto.sync.getRepo',
      act: async (call) => {
        const { body } = await call.forward();
        call.raw.writeHead(200, { 'content-length': body.length });
        call.raw.write(body.subarray(0, 1_000));
        kill();
        call.drop();
      },
    },
    {
      name: 'a repository cut short',
      method: 'com.atproto.sync.getRepo',
      act: async (call) => {
        const reply = await call.forward();
        call.answer({ ...reply, body: reply.body.subarray(0, reply.body.length - 100) });
      },
    },
    {
      name: 'killed before a batch is sent on',
      method: 'com.atproto.repo.applyWrites',
      act: killed,
    },
    {
      name: 'killed after a batch was deleted, before that is known',
      method: 'com.atproto.repo.applyWrites',
      act: handedOnThenKilled,
    },
    { name: '429', method: 'com.atproto.repo.applyWrites', act: async (call) => call.answer(limited()) },
    {
      name: '500',
      method: 'com.atproto.repo.applyWrites',
      act: async (call) => call.answer({ status: 500, headers: {}, body: Buffer.from('oops') }),
    },
    {
      name: 'deleted, but the answer is lost',
      method: 'com.atproto.repo.applyWrites',
      act: async (call) => {
        await call.forward();
        call.drop();
      },
    },
  ];
  const isSeen = new Set<string>();
  return {
    left: () => steps.map(({ name }) => name).filter((name) => !isSeen.has(name)),
    intercept: async (call: Call) => {
      // The first getRepo and createSession are the caller's own, before there is a job.
      if (call.method === 'com.atproto.server.createSession') return handOn(call);
      const next = steps.find(({ name }) => !isSeen.has(name));
      const isJobs = isSeen.size > 0 || call.method === 'com.atproto.server.refreshSession';
      if (next === undefined || !isJobs || call.method !== next.method) return handOn(call);
      isSeen.add(next.name);
      await next.act(call);
    },
  };
}

function limited() {
  const headers = { 'ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 1), 'ratelimit-remaining': '0' };
  return { status: 429, headers, body: Buffer.from('{"error":"RateLimitExceeded","message":"wait"}') };
}

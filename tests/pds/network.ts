import { once } from 'node:events';
import { AtpAgent } from '@atproto/api';
import type { JetstreamServer } from '@updraft/simulator';
import { WebSocket } from 'ws';
import { until } from '../indexer/stack.ts';
import { jetstreamLines } from './jetstream-lines.ts';
import { startTestNetwork } from './test-network.ts';

/** A real PDS and PLC directory, whose firehose a Jetstream host shows. */
export interface PdsNetwork extends AsyncDisposable {
  readonly pdsUrl: string;
  readonly plcUrl: string;
  createAgent(): AtpAgent;
  /** Deletes an account for good, as its host. */
  deleteAccount(did: string): Promise<void>;
  /** Resolves when everything that has happened so far stands on the Jetstream host. Gives how many lines that is. */
  settled(): Promise<number>;
}

export async function startPdsNetwork(host: Pick<JetstreamServer, 'append' | 'settle'>): Promise<PdsNetwork> {
  const network = await startTestNetwork();
  const { pds } = network;
  const firehose = new WebSocket(`${pds.url.replace('http', 'ws')}/xrpc/com.atproto.sync.subscribeRepos?cursor=0`);
  let lines = 0;
  const shownUpTo = { seq: 0 };
  let lastMicros = 0;
  let work: Promise<void> = Promise.resolve();
  const now = () => (lastMicros = Math.max(lastMicros + 1, Date.now() * 1_000));
  const show = async (frame: Uint8Array) => {
    const shown = await jetstreamLines(frame, now);
    for (const { did, line, timeUs, nth } of shown.lines) host.append({ did, timeUs, tail: '', raw: line, nth });
    lines += shown.lines.length;
    shownUpTo.seq = shown.seq;
  };
  firehose.on('message', (data: Buffer) => {
    work = work.then(() => show(data));
    work.catch(() => {}); // `settled` hears of it
  });
  await once(firehose, 'open');
  const createAgent = () => new AtpAgent({ service: pds.url });
  const settled = async () => {
    await pds.processAll();
    const end = (await pds.ctx.sequencer.curr()) ?? 0;
    await until(() => work.then(() => shownUpTo.seq >= end));
    host.settle();
    return lines;
  };
  return {
    pdsUrl: pds.url,
    plcUrl: network.plc.url,
    createAgent,
    deleteAccount: async (did) => {
      await createAgent().com.atproto.admin.deleteAccount(
        { did },
        { headers: pds.adminAuthHeaders(), encoding: 'application/json' },
      );
    },
    settled,
    [Symbol.asyncDispose]: async () => {
      firehose.terminate();
      await network.close();
    },
  };
}

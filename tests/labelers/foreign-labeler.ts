import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { Secp256k1Keypair } from '@atproto/crypto';
import { LabelerServer } from '@skyware/labeler';
import type { Standing } from './standing.ts';

/** npm's @skyware/labeler, with its labels in a file. */
export interface ForeignLabeler {
  readonly did: string;
  document(): Promise<object>;
  say(label: {
    readonly uri: string;
    readonly val: string;
    readonly neg: boolean;
    readonly exp?: string;
    readonly cid?: string;
  }): Promise<void>;
  /** Its own answer to com.atproto.label.queryLabels, folded. */
  standing(): Promise<Standing[]>;
  restart(how?: { readonly withoutLabels: boolean }): Promise<void>;
  close(): Promise<void>;
}

const DID = 'did:plc:skywarelabeler2222222222';

export async function startForeignLabeler(file: string): Promise<ForeignLabeler> {
  const secret = randomBytes(32);
  const key = await Secp256k1Keypair.import(secret);
  const open = async (port: number): Promise<LabelerServer> => {
    const server = new LabelerServer({ did: DID, signingKey: secret.toString('hex'), dbPath: file });
    await server.app.listen({ port, host: '127.0.0.1' });
    return server;
  };
  const close = async (): Promise<void> => {
    await server.app.close();
    server.db.close();
  };
  let server = await open(0);
  const { port } = server.app.server.address() as AddressInfo;
  return {
    did: DID,
    document: async () => documentOf(key.did(), port),
    say: async (label) => void (await server.createLabel(label)),
    standing: () => askForAll(port),
    restart: async ({ withoutLabels = false } = { withoutLabels: false }) => {
      await close();
      if (withoutLabels) for (const end of ['', '-wal', '-shm']) await rm(`${file}${end}`, { force: true });
      server = await open(port);
    },
    close,
  };
}

interface QueryAnswer {
  readonly cursor: string;
  readonly labels: readonly { uri: string; val: string; neg: boolean; exp?: string }[];
}

async function askForAll(port: number): Promise<Standing[]> {
  const last = new Map<string, QueryAnswer['labels'][number]>();
  for (let cursor = '0'; ; ) {
    const url = `http://127.0.0.1:${port}/xrpc/com.atproto.label.queryLabels?uriPatterns=*&limit=250&cursor=${cursor}`;
    const answer = (await (await fetch(url)).json()) as QueryAnswer;
    for (const label of answer.labels) last.set(`${label.uri}${label.val}`, label);
    if (answer.labels.length < 250) break;
    cursor = answer.cursor;
  }
  const standing = [...last.entries()].filter(([, { neg }]) => !neg).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return standing.map(([, { uri, val, exp }]) => ({ uri, val, exp: exp === undefined ? 0 : Date.parse(exp) }));
}

function documentOf(key: string, port: number): object {
  return {
    id: DID,
    verificationMethod: [
      { id: '#atproto_label', type: 'Multikey', controller: DID, publicKeyMultibase: key.slice('did:key:'.length) },
    ],
    service: [{ id: '#atproto_labeler', type: 'AtprotoLabeler', serviceEndpoint: `http://127.0.0.1:${port}` }],
  };
}

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Keypair, P256Keypair, Secp256k1Keypair } from '@atproto/crypto';
import { didOf } from './network.ts';

/** A PLC directory in which tests write what they like. */
export interface Directory extends AsyncDisposable {
  readonly url: string;
  /** DIDs asked for, in order. */
  readonly asked: string[];
  /** 'down' answers 500 to everything. */
  weather: 'fine' | 'down';
  /** Registers an account with a new key, and gives it. */
  register(name: string, curve?: 'secp256k1' | 'p256', form?: KeyForm): Promise<Account>;
  /** Gives the account another key. */
  rotate(account: Account): Promise<void>;
}

export interface Account {
  readonly did: string;
  key: Keypair;
}

export type KeyForm = 'Multikey' | '2019';

export async function startDirectory(): Promise<Directory> {
  const documents = new Map<string, object>();
  const directory = { asked: new Array<string>(), weather: 'fine' as Directory['weather'] };
  const server = createServer((request, response) => {
    const did = decodeURIComponent((request.url ?? '/').slice(1));
    directory.asked.push(did);
    const document = documents.get(did);
    const status = directory.weather === 'down' ? 500 : document === undefined ? 404 : 200;
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify(document ?? { message: 'not registered' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const newKey = (curve: 'secp256k1' | 'p256') => (curve === 'p256' ? P256Keypair.create() : Secp256k1Keypair.create());
  return Object.assign(directory, {
    url,
    register: async (name: string, curve: 'secp256k1' | 'p256' = 'secp256k1', form: KeyForm = 'Multikey') => {
      const account = { did: didOf(name), key: await newKey(curve) };
      documents.set(account.did, documentOf(account, form));
      return account;
    },
    rotate: async (account: Account) => {
      account.key = await newKey(account.key.jwtAlg === 'ES256' ? 'p256' : 'secp256k1');
      documents.set(account.did, documentOf(account, 'Multikey'));
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  });
}

function documentOf({ did, key }: Account, form: KeyForm): object {
  const suite = key.jwtAlg === 'ES256' ? 'EcdsaSecp256r1VerificationKey2019' : 'EcdsaSecp256k1VerificationKey2019';
  return {
    id: did,
    alsoKnownAs: [`at://${did.slice(8, 16)}.example`],
    verificationMethod: [
      {
        id: form === '2019' ? '#atproto' : `${did}#atproto`,
        type: form === '2019' ? suite : 'Multikey',
        controller: did,
        publicKeyMultibase: form === '2019' ? multibaseOf(key) : key.did().slice('did:key:'.length),
      },
    ],
    service: [],
  };
}

/** base58btc of the bare key, as the 2019 suites have it. */
function multibaseOf(key: Keypair): string {
  const alphabet = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';
  const bytes = (key as Keypair & { publicKeyBytes(): Uint8Array }).publicKeyBytes();
  let value = BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
  let text = '';
  for (; value > 0n; value /= 58n) text = (alphabet[Number(value % 58n)] ?? '') + text;
  return `z${text}`;
}

import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Secp256k1Keypair } from '@atproto/crypto';
import { parseDidKey, type SigningKey } from '@updraft/identity';
import secp256k1 from 'secp256k1';

/** Accounts with keys, their tokens, and a PLC directory that knows them. */
export interface Viewers extends AsyncDisposable {
  readonly plcUrl: string;
  /** Different tokens, from all accounts in turn. */
  tokens(count: number, audience: string): string[];
  /** What the service must check in such a token. */
  check(token: string): { key: SigningKey; message: Uint8Array; signature: Uint8Array };
}

const LXM = 'app.bsky.feed.getFeedSkeleton';

export async function startViewers(count: number): Promise<Viewers> {
  const accounts = await Promise.all(Array.from({ length: count }, (_, n) => createAccount(n)));
  const byDid = new Map(accounts.map((account) => [account.did, account]));
  const server = createServer((request, response) => {
    const account = byDid.get(decodeURIComponent((request.url ?? '/').slice(1)));
    response.writeHead(account === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(account?.document ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const header = encode({ typ: 'JWT', alg: 'ES256K' });
  return {
    plcUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tokens: (total, aud) => {
      const exp = Math.floor(Date.now() / 1000) + 3_600;
      return Array.from({ length: total }, (_, n) => {
        const account = accounts[n % accounts.length] as Account;
        const message = `${header}.${encode({ iss: account.did, aud, lxm: LXM, exp, iat: exp - 3_600, jti: String(n) })}`;
        const { signature } = secp256k1.ecdsaSign(createHash('sha256').update(message).digest(), account.secret);
        return `${message}.${Buffer.from(signature).toString('base64url')}`;
      });
    },
    check: (token) => {
      const [head = '', payload = '', signature = ''] = token.split('.');
      const { iss } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { iss: string };
      const account = byDid.get(iss) as Account;
      return {
        key: account.key,
        message: Buffer.from(`${head}.${payload}`),
        signature: Buffer.from(signature, 'base64url'),
      };
    },
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

interface Account {
  readonly did: string;
  readonly secret: Uint8Array;
  readonly key: SigningKey;
  readonly document: object;
}

async function createAccount(n: number): Promise<Account> {
  const did = `did:plc:${[...createHash('sha256').update(`viewer ${n}`).digest().subarray(0, 24)].map((byte) => 'abcdefghijklmnopqrstuvwxyz234567'[byte & 31]).join('')}`;
  const pair = await Secp256k1Keypair.create({ exportable: true });
  const key = parseDidKey(pair.did()) as SigningKey;
  const publicKeyMultibase = pair.did().slice('did:key:'.length);
  const document = {
    id: did,
    verificationMethod: [{ id: `${did}#atproto`, type: 'Multikey', controller: did, publicKeyMultibase }],
  };
  return { did, secret: await pair.export(), key, document };
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo, LookupFunction } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGuardedDispatcher, ForbiddenAddressError } from './guarded-dispatcher.ts';
import { createSafeFetch } from './safe-fetch.ts';

let server: Server;
let port: number;
let requests = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    requests += 1;
    const location = request.url?.startsWith('/to/') === true ? decodeURIComponent(request.url.slice(4)) : undefined;
    if (location === undefined) response.end('reached');
    else response.writeHead(302, { location }).end();
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await listening;
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.close();
});

/** A DNS that gives these addresses to every name. */
const answering =
  (...addresses: string[]): LookupFunction =>
  (_hostname, options, callback) => {
    const answers = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
    if (options.all === true) callback(null, answers);
    else callback(null, answers[0]?.address ?? '', answers[0]?.family);
  };

/** The innermost cause of a fetch that fails. */
async function causeOf(asked: Promise<Response>): Promise<unknown> {
  let error: unknown = await asked.then(
    () => new Error('was answered'),
    (reason: unknown) => reason,
  );
  while (error instanceof Error && error.cause !== undefined) error = error.cause;
  return error;
}

describe('a fetch for strangers’ addresses', () => {
  test.for([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f.0.0.1',
    '0x7f000001',
    '0177.0.0.1',
    '017700000001',
    '①②⑦.0.0.1',
    '0.0.0.0',
    '0',
    '10.0.0.1',
    '169.254.169.254',
    '168.63.129.16',
    '[::]',
    '[::1]',
    '[::127.0.0.1]',
    '[::7f00:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:0:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[fec0::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[fe80::1]',
    '[ff02::1]',
    '[1::1]',
  ])('makes no connection to the host %s', async (host) => {
    expect(await causeOf(createSafeFetch()(`https://${host}/`))).toBeInstanceOf(ForbiddenAddressError);
  });

  test.for([
    ['127.0.0.1'],
    ['10.0.0.1'],
    ['0.0.0.0'],
    ['168.63.129.16'],
    ['::1'],
    ['::127.0.0.1'],
    ['::7f00:1'],
    ['::ffff:127.0.0.1'],
    ['64:ff9b::7f00:1'],
    ['2002:7f00:1::'],
    ['2001:0:7f00:1::'],
    ['fec0::1'],
    ['fd00::1'],
    ['fe80::1%lo'],
    ['8.8.8.8', '127.0.0.1'],
    ['2606:4700::1111', '::7f00:1'],
  ])('makes no connection to a name that DNS leads to %s', async (addresses) => {
    const safeFetch = createSafeFetch({ lookup: answering(...addresses) });
    expect(await causeOf(safeFetch('https://pds.stranger.social/'))).toBeInstanceOf(ForbiddenAddressError);
  });

  test.for(['http://pds.stranger.social/', 'https://pds.stranger.social:8443/', 'file:///etc/passwd', 'data:,x'])(
    'does not ask %s',
    async (url) => {
      const before = requests;
      await expect(createSafeFetch({ lookup: answering('127.0.0.1') })(url)).rejects.toThrow();
      expect(requests).toBe(before);
    },
  );
});

describe('a guarded dispatcher', () => {
  const dispatcher = (lookup?: LookupFunction, mayAsk: (origin: URL) => boolean = () => true) =>
    createGuardedDispatcher({ mayConnect: (address) => address === '127.0.0.1', mayAsk, lookup });
  const ask = (url: string, ...options: Parameters<typeof dispatcher>) =>
    fetch(url, { dispatcher: dispatcher(...options) as never });

  test('connects to an address that is allowed, by name or number', async () => {
    expect(await (await ask(`http://127.0.0.1:${port}/`)).text()).toBe('reached');
    const named = await ask(`http://pds.stranger.social:${port}/`, answering('127.0.0.1'));
    expect(await named.text()).toBe('reached');
  });

  test('judges each hop of a redirect: its address, its name, its origin', async () => {
    const to = (url: string) => `http://127.0.0.1:${port}/to/${encodeURIComponent(url)}`;
    expect(await (await ask(to(`http://127.0.0.1:${port}/`))).text()).toBe('reached');
    const before = requests;
    const forbidden = [
      ask(to(`http://127.0.0.2:${port}/`)),
      ask(to(`http://other.example:${port}/`), answering('127.0.0.2')),
      ask(to('http://127.0.0.1:8081/'), undefined, (origin) => origin.port === String(port)),
    ];
    const causes = await Promise.all(forbidden.map(causeOf));
    for (const cause of causes) expect(cause).toBeInstanceOf(ForbiddenAddressError);
    expect(requests).toBe(before + forbidden.length);
  });
});

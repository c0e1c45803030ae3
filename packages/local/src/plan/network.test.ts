import { PUBLIC_HOSTS } from '@updraft/jetstream';
import { describe, expect, test } from 'vitest';
import { networkFolder, ownFolder } from './folders.ts';
import { chooseNetwork } from './network.ts';
import { parseStartOptions } from './options.ts';

const choose = (args: string[], given: { wsUrl?: string; canSimulate?: boolean; reachable?: string[] }) => {
  const said: string[] = [];
  const network = chooseNetwork({
    options: parseStartOptions(args),
    wsUrl: given.wsUrl,
    canSimulate: given.canSimulate ?? true,
    isReachable: async (url) => (given.reachable ?? []).includes(url),
    report: (line) => said.push(line),
  });
  return network.then((chosen) => ({ chosen, said }));
};

describe('which network is read', () => {
  test('the public hosts, when any of them answers', async () => {
    const { chosen, said } = await choose([], { reachable: PUBLIC_HOSTS.slice(2, 3) });
    expect(chosen).toEqual({ kind: 'jetstream', urls: PUBLIC_HOSTS });
    expect(said).toEqual(['Asking the public Jetstream hosts …']);
  });

  test('the simulated one, and it says so, when none answers', async () => {
    const { chosen, said } = await choose([], {});
    expect(chosen).toEqual({ kind: 'simulated', seed: 1 });
    expect(said.slice(1)).toEqual([expect.stringContaining('simulated network')]);
  });

  test('the public hosts again and again, and it says so, when nothing can be simulated', async () => {
    const { chosen, said } = await choose([], { canSimulate: false });
    expect(chosen).toEqual({ kind: 'jetstream', urls: PUBLIC_HOSTS });
    expect(said.slice(1)).toEqual([expect.stringContaining('trying again')]);
  });

  test('a start in the past means the real network: nothing is simulated instead', async () => {
    const { chosen } = await choose(['--since', '2h'], {});
    expect(chosen.kind).toBe('jetstream');
  });

  test('WS_URL comes before the public hosts, options before WS_URL', async () => {
    const given = { wsUrl: 'ws://one, wss://two' };
    expect((await choose([], given)).chosen).toEqual({
      kind: 'jetstream',
      urls: ['ws://one', 'wss://two'],
    });
    expect((await choose(['--simulate', '--seed', '9'], given)).chosen).toEqual({ kind: 'simulated', seed: 9 });
  });

  test('a file that is not there is named', async () => {
    await expect(choose(['--play', '/no/such.jsonl'], {})).rejects.toThrow('/no/such.jsonl');
  });

  test('a WS_URL of blanks and commas names no host', async () => {
    const { chosen } = await choose([], { wsUrl: ' , ', reachable: [...PUBLIC_HOSTS] });
    expect(chosen).toEqual({ kind: 'jetstream', urls: PUBLIC_HOSTS });
  });
});

describe('where the data lies', () => {
  test('two networks never share their tables, nor do two runs side by side', () => {
    const own = ownFolder({ data: undefined, portOffset: 0 });
    const beside = ownFolder({ data: undefined, portOffset: 100 });
    const networks = [
      { kind: 'jetstream', urls: PUBLIC_HOSTS },
      { kind: 'simulated', seed: 1 },
      { kind: 'simulated', seed: 2 },
      { kind: 'play', file: '/a/x.jsonl' },
      { kind: 'play', file: '/b/x.jsonl' },
    ] as const;
    const folders = [own, beside].flatMap((folder) => networks.map((network) => networkFolder(folder, network)));
    expect(new Set(folders).size).toBe(10);
    expect(networkFolder(own, networks[0])).toMatch(/\/\.data$/);
  });
});

import { existsSync } from 'node:fs';
import { PUBLIC_HOSTS, protocolOf, subscribeUrl } from '@updraft/jetstream';
import { SetupError } from '@updraft/service';
import type { StartOptions } from './options.ts';

/** Where the events come from. */
export type Network =
  // the public Jetstream, or the hosts of WS_URL
  | { readonly kind: 'jetstream'; readonly urls: readonly string[] }
  | { readonly kind: 'play'; readonly file: string }
  | { readonly kind: 'simulated'; readonly seed: number };

const PROBE_MS = 5_000;
const DEFAULT_SEED = 1;

interface NetworkDeps {
  readonly options: StartOptions;
  /** WS_URL of the environment. */
  readonly wsUrl: string | undefined;
  /** Whether the simulated network's program is installed. */
  readonly canSimulate: boolean;
  readonly isReachable: (url: string, timeoutMs: number) => Promise<boolean>;
  readonly report: (line: string) => void;
}

/**
 * The network of the options, else of WS_URL, else the public hosts; the simulated network when none of those answers within a few seconds.
 * @throws SetupError when the file to play is missing, or no network can be simulated
 */
export async function chooseNetwork({
  options,
  wsUrl,
  canSimulate,
  isReachable,
  report,
}: NetworkDeps): Promise<Network> {
  if (options.play !== undefined) {
    if (!existsSync(options.play)) throw new SetupError(`--play: the file ${options.play} does not exist.`);
    return { kind: 'play', file: options.play };
  }
  if (options.simulate) {
    if (!canSimulate) throw new SetupError('--simulate: this version has no simulated network.');
    return { kind: 'simulated', seed: options.seed ?? DEFAULT_SEED };
  }
  const given = splitUrls(wsUrl);
  if (given.length > 0) return { kind: 'jetstream', urls: given };
  report('Asking the public Jetstream hosts …');
  const answers = await Promise.all(PUBLIC_HOSTS.map((url) => isReachable(url, PROBE_MS)));
  if (!answers.includes(true)) {
    if (canSimulate && options.since === undefined) {
      report('No public Jetstream host can be reached: using the simulated network.');
      return { kind: 'simulated', seed: DEFAULT_SEED };
    }
    report('No public Jetstream host can be reached: trying again, after growing waits, until one answers.');
  }
  return { kind: 'jetstream', urls: PUBLIC_HOSTS };
}

/** Hosts separated by commas or blanks, as in WS_URL. */
function splitUrls(text: string | undefined): string[] {
  return (text ?? '').split(/[\s,]+/).filter((url) => url !== '');
}

/** True when the host accepts a subscription, by v1 or by v2. */
export function acceptsSubscription(url: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const target = new URL(subscribeUrl(url));
    if (protocolOf(url) === 'v1') target.searchParams.set('requireHello', 'true'); // v2 refuses it
    const socket = new WebSocket(target);
    const finish = (answer: boolean) => {
      clearTimeout(timer);
      resolve(answer);
      socket.close();
    };
    const timer = setTimeout(() => finish(false), timeoutMs);
    socket.addEventListener('open', () => finish(true));
    socket.addEventListener('error', () => finish(false));
  });
}

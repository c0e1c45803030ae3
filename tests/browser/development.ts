import { watch } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { buildConsole } from '@updraft/console/build';
import { OLD_POSTS, PASSWORD, type People } from './people.ts';
import { CLUB } from './services.ts';
import { type ConsoleStage, type StageOptions, startConsoleStage } from './stage.ts';

export interface DevelopmentOptions extends StageOptions {
  /** Events per second from now on. */
  readonly rate: number;
  readonly say: (line: string) => void;
  readonly stopping: AbortSignal;
}

/** Runs the console with people to sign in as, and bundles its pages anew when they change, until it is stopped. */
export async function runForDevelopment({ rate, say, stopping, ...options }: DevelopmentOptions): Promise<void> {
  say('Starting a simulated network, a PDS and the services …');
  await using stage = await startConsoleStage(options);
  for (const line of introduction(stage)) say(line);
  bundleChanges(say, stopping);
  while (!stopping.aborted) {
    stage.flow(rate);
    await delay(1_000, undefined, { signal: stopping }).catch(() => {});
  }
  say('Stopping');
}

function introduction({ services, people, network }: ConsoleStage): string[] {
  return [
    '',
    `Console: ${services.search}/console/ (search), ${services.feedgen}/console/ (feedgen)`,
    `PDS:     ${network.pdsUrl}`,
    '',
    'Sign in as one of these. A browser is one person at a time: for a second one open a private window.',
    ...whoIsWho(people).map(([handle, what]) => `  ${handle.padEnd(14)} ${what}`),
    `Password of each: ${PASSWORD}`,
    '',
    'A changed file of apps/console is bundled at once: reload the page. Ctrl-C stops.',
  ];
}

function whoIsWho({ operator, host, moderator, newcomer, cleaner, stranger }: People): [string, string][] {
  return [
    [operator.handle, 'operator: sees and does everything'],
    [host.handle, `host of the feed "${CLUB}"`],
    [moderator.handle, `moderator of the feed "${CLUB}"`],
    [newcomer.handle, `no role; waits to become a member of "${CLUB}"`],
    [cleaner.handle, `no role; has ${OLD_POSTS} old posts for a clean-up`],
    [stranger.handle, 'no role; posts hostile text'],
  ];
}

const CONSOLE = join(import.meta.dirname, '../../apps/console');

function bundleChanges(say: (line: string) => void, signal: AbortSignal): void {
  let waiting: NodeJS.Timeout | undefined;
  const bundle = () =>
    buildConsole(join(CONSOLE, 'dist')).then(
      () => say(`${new Date().toLocaleTimeString()} bundled`),
      (error: Error) => say(error.message), // esbuild's names the file and the line
    );
  watch(join(CONSOLE, 'src'), { recursive: true, signal }, () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => void bundle(), 100); // an editor writes a file in several steps
  });
}

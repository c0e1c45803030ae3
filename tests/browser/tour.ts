import type { Person, WatchedBrowser } from './browser.ts';
import type { Checks } from './checks.ts';
import type { Looker } from './look.ts';
import type { ConsoleStage } from './stage.ts';

/** What each part of the proof has: the system, a browser, and somebody who uses it. */
export interface Tour extends ConsoleStage {
  /** Each thing once, as a part of the suite: not each way to do it. */
  readonly isBrief: boolean;
  readonly checks: Checks;
  readonly browser: WatchedBrowser;
  readonly looker: Looker;
  readonly person: Person;
}

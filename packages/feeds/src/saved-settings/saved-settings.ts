import { isDeepStrictEqual } from 'node:util';
import { parseJson } from '@updraft/service';
import { z } from 'zod';
import type { Feed, FeedsFile } from '../feed.ts';
import { entriesOf, entryText } from '../feed-entry.ts';
import { checkFeeds, FeedsFileError, readYaml, toValue } from '../read-feeds.ts';
import { describeIssue } from '../yaml-faults.ts';
import { changeableSettings } from './changeable.ts';
import { withValues } from './changed-entry.ts';

/** Settings that lie over a feed's entry, as the feeds file would have them. null: the feed is without the file's. */
export type SavedSettings = Readonly<Record<string, unknown>>;

export interface LaidOver {
  readonly feeds: ReadonlyMap<string, Feed>;
  /** Why saved settings are set aside, by feed: the file's hold there. */
  readonly faults: ReadonlyMap<string, string>;
}

const saved = z.record(z.string(), z.json());

/** What the store has of a feed; undefined for what is no such thing. */
export function parseSavedSettings(text: string): SavedSettings | undefined {
  return saved.safeParse(parseJson(text)).data;
}

/**
 * The feeds with the saved settings, by feed, laid over those of the file. Settings that don't fit the file any more are set aside, all of their
 * feed; those of a feed that the file lacks are passed over.
 */
export function layOver(file: FeedsFile, bySavedFeed: ReadonlyMap<string, SavedSettings | undefined>): LaidOver {
  const whole = toValue(readYaml(file.text, 'feeds.yaml')) as { feeds: Record<string, object> };
  const faults = new Map<string, string>();
  const laid = new Map<string, object>();
  for (const [alias, settings] of bySavedFeed) {
    const declared = file.feeds.get(alias);
    if (declared === undefined) continue;
    if (settings !== undefined && Object.keys(settings).length === 0) continue;
    const fault = settings === undefined ? 'they can not be read' : formFault(declared, settings);
    if (fault === undefined) laid.set(alias, withSettings(whole.feeds[alias] ?? {}, settings ?? {}));
    else faults.set(alias, fault);
  }
  // To check the file takes long, so all are laid over at once, and once more without those that have faults.
  while (laid.size > 0) {
    const checked = checkLaid(whole, laid);
    if (checked.feeds !== undefined) return { feeds: checked.feeds, faults };
    for (const [alias, fault] of checked.faults) {
      laid.delete(alias);
      faults.set(alias, fault);
    }
  }
  return { feeds: file.feeds, faults };
}

function formFault(declared: Feed, settings: SavedSettings): string | undefined {
  const allowed = changeableSettings(declared);
  const other = Object.keys(settings).find((name) => !allowed.includes(name));
  return other === undefined ? undefined : `${other}: hosts can not change this of a feed of kind ${declared.kind}`;
}

type Checked =
  | { readonly feeds: FeedsFile['feeds'] }
  | { readonly feeds?: undefined; readonly faults: ReadonlyMap<string, string> };

/** The feeds, or why some of those that are laid over can't be: at least one. */
function checkLaid(whole: { readonly feeds: object }, laid: ReadonlyMap<string, object>): Checked {
  const found: { alias: string; fault: string }[] = [];
  const note = ({ path: [, name, ...path], message }: z.core.$ZodIssue): string => {
    const fault = `${path.map(String).join('.')}: ${message}`;
    found.push({ alias: String(name), fault });
    return fault;
  };
  try {
    return checkFeeds({ ...whole, feeds: { ...whole.feeds, ...Object.fromEntries(laid) } }, note);
  } catch (error) {
    if (!(error instanceof FeedsFileError)) throw error;
    const own = Map.groupBy(
      found.filter(({ alias }) => laid.has(alias)),
      ({ alias }) => alias,
    );
    // A fault of another feed could come from any of them.
    if (own.size === 0) return { faults: new Map([...laid.keys()].map((alias) => [alias, error.message])) };
    return { faults: new Map([...own].map(([alias, all]) => [alias, all.map(({ fault }) => fault).join('; ')])) };
  }
}

function withSettings(entry: object, settings: SavedSettings): object {
  return Object.fromEntries(Object.entries({ ...entry, ...settings }).filter(([, value]) => value !== null));
}

/**
 * What another entry changes of the file's: the settings to save.
 * @throws FeedsFileError that names the lines of settings that hosts can't change
 */
export function readChange(file: FeedsFile, feed: Feed, text: string, path = 'settings'): SavedSettings {
  const yaml = readYaml(text, path);
  const given = toValue(yaml) as Record<string, unknown>;
  const declared = (entriesOf(file)[feed.alias] ?? {}) as Record<string, unknown>;
  const names = Object.keys({ ...declared, ...given });
  const changed = names.filter((name) => !isDeepStrictEqual(given[name], declared[name]));
  const allowed = changeableSettings(feed);
  const faults = changed
    .filter((name) => !allowed.includes(name))
    .map((name) => describeIssue({ code: 'custom', path: [name], message: NOT_OF_HOSTS, input: undefined }, yaml));
  if (faults.length > 0) throw new FeedsFileError(faults);
  return Object.fromEntries(changed.map((name) => [name, given[name] ?? null]));
}

const NOT_OF_HOSTS = 'this is changed in feeds.yaml only; put it back as it was';

/** The feed's entry with the settings laid over it, as YAML with the file's comments. */
export function changedEntryText(file: FeedsFile, alias: string, settings: SavedSettings): string {
  const text = entryText(file, alias);
  return Object.keys(settings).length === 0 ? text : withValues(text, settings);
}

export interface Override {
  readonly setting: string;
  /** As the feeds file has it; undefined where it says nothing. */
  readonly declared: string | undefined;
  /** Undefined: the feed is without the file's. */
  readonly saved: string | undefined;
}

/** What of the feeds file's entry is overridden, setting by setting. */
export function overridesOf(file: FeedsFile, alias: string, settings: SavedSettings): Override[] {
  const declared = (entriesOf(file)[alias] ?? {}) as Record<string, unknown>;
  return Object.entries(settings).map(([setting, value]) => ({
    setting,
    declared: wordFor(declared[setting]),
    saved: wordFor(value),
  }));
}

/** From what to what, in one line: `gravity: 1.8 → 1.2`. */
export function describeChange(file: FeedsFile, alias: string, before: SavedSettings, after: SavedSettings): string {
  const declared = (entriesOf(file)[alias] ?? {}) as Record<string, unknown>;
  const valueIn = (settings: SavedSettings, name: string) =>
    Object.hasOwn(settings, name) ? settings[name] : declared[name];
  return Object.keys({ ...before, ...after })
    .filter((name) => !isDeepStrictEqual(valueIn(before, name), valueIn(after, name)))
    .map((name) => `${name}: ${wordFor(valueIn(before, name)) ?? UNSET} → ${wordFor(valueIn(after, name)) ?? UNSET}`)
    .join('; ');
}

const UNSET = '(not set)';

function wordFor(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

import type { CleanupType } from '@updraft/console-api/views';
import { TYPES } from './cleanup-words.ts';

/** The form's fields. Numbers are still text. */
export interface CleanupForm {
  readonly types: readonly CleanupType[];
  readonly days: string;
  readonly keepPinned: boolean;
  readonly keepThreads: boolean;
  /** '' keeps none for its likes. */
  readonly minLikes: string;
  /** Addresses of posts, one a line. */
  readonly keepUris: string;
}

export const EMPTY_FORM: CleanupForm = {
  types: [],
  days: '365',
  keepPinned: true,
  keepThreads: false,
  minLikes: '',
  keepUris: '',
};

/** As POST /repo/cleanup takes it, without who asks and whether it is real. */
export interface CleanupWishes {
  readonly cleanup_types: readonly CleanupType[];
  readonly delete_until_days_ago: number;
  readonly keep_pinned: boolean;
  readonly keep_threads: boolean;
  readonly keep_min_likes?: number;
  readonly keep_uris: readonly string[];
}

export type FormFaults = Partial<Record<'types' | 'days' | 'minLikes' | 'keepUris', string>>;

const MAX_DAYS = 36_500;
const MAX_LIKES = 1_000_000_000;
const MAX_URIS = 1_000;

/** The faults of the form by field; none where it can be sent. */
export function faultsOf(form: CleanupForm): FormFaults {
  const uris = linesOf(form.keepUris);
  const odd = uris.find((line) => !/^(?:at:\/\/|https?:\/\/|(?:www\.)?bsky\.app\/)./i.test(line));
  return {
    ...(form.types.length === 0 && { types: 'Choose at least one kind.' }),
    ...(wholeNumber(form.days, 0, MAX_DAYS) === undefined && { days: `A whole number from 0 to ${MAX_DAYS}.` }),
    ...(form.minLikes.trim() !== '' &&
      wholeNumber(form.minLikes, 1, MAX_LIKES) === undefined && { minLikes: 'A whole number from 1, or nothing.' }),
    ...(uris.length > MAX_URIS && { keepUris: `At most ${MAX_URIS} posts.` }),
    ...(odd !== undefined && { keepUris: `Not the address of a post: ${odd.slice(0, 80)}` }),
  };
}

/** Of a form without faults. */
export function wishesOf(form: CleanupForm): CleanupWishes {
  const minLikes = wholeNumber(form.minLikes, 1, MAX_LIKES);
  return {
    cleanup_types: TYPES.filter((type) => form.types.includes(type)),
    delete_until_days_ago: wholeNumber(form.days, 0, MAX_DAYS) ?? MAX_DAYS,
    keep_pinned: form.keepPinned,
    keep_threads: form.keepThreads,
    ...(minLikes !== undefined && { keep_min_likes: minLikes }),
    keep_uris: linesOf(form.keepUris),
  };
}

/** A form that was stored as JSON, such as while its account's server was asked for permission; what is odd in it is left out. */
export function readForm(json: string | null): CleanupForm {
  let stored: unknown;
  try {
    stored = JSON.parse(json ?? '');
  } catch {
    return EMPTY_FORM;
  }
  if (typeof stored !== 'object' || stored === null) return EMPTY_FORM;
  const { types, ...rest } = stored as Record<string, unknown>;
  const known = Object.entries(EMPTY_FORM).map(([name, preset]): [string, unknown] => [
    name,
    typeof rest[name] === typeof preset ? rest[name] : preset,
  ]);
  return {
    ...(Object.fromEntries(known) as unknown as CleanupForm),
    types: TYPES.filter((type) => Array.isArray(types) && types.includes(type)),
  };
}

function linesOf(text: string): string[] {
  const lines = text
    .split(/[\s,;<>"'()]+/) // copied from a text or a table
    .map((line) => line.replace(/\.$/, ''))
    .filter((line) => line !== '');
  return [...new Set(lines)];
}

function wholeNumber(text: string, min: number, max: number): number | undefined {
  const value = /^\d{1,10}$/.test(text.trim()) ? Number(text) : Number.NaN;
  return value >= min && value <= max ? value : undefined;
}

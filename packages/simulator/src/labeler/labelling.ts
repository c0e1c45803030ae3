import { createHash } from 'node:crypto';
import { eventLine, type WorldEvent } from '../world/event.ts';
import type { LabelDraft } from './label-log.ts';

const VALUES = ['porn', 'sexual', 'nudity', 'graphic-media', 'spam', '!hide'] as const;
/** One post in so many is labelled; one profile in so many, and with it the account. */
const ONE_POST_IN = 40;
const ONE_ACCOUNT_IN = 50;
/** Of the labels of posts: one in four is taken back some time later, one in five ends after an hour. */
const TAKEN_BACK = 4;
const ENDS = 5;
const MAX_WAITING = 10;
const HOUR_MICROS = 3_600_000_000;

/** What a world's labeler says of it, as its events pass. The same events give the same labels. */
export function createLabelling(seed: number): (event: WorldEvent) => LabelDraft[] {
  const toTakeBack: LabelDraft[] = [];
  return (event) => {
    const subject = subjectOf(event);
    if (subject === undefined) return [];
    const dice = createHash('sha1').update(`${seed}/label/${subject}`).digest();
    if (dice.readUInt32BE(0) % (subject.startsWith('did:') ? ONE_ACCOUNT_IN : ONE_POST_IN) !== 0) return [];
    const val = VALUES[dice.readUInt32BE(4) % VALUES.length] ?? 'spam';
    const ends = dice.readUInt32BE(8) % ENDS === 0 && { exp: isoTime(event.timeUs + HOUR_MICROS) };
    const label: LabelDraft = { uri: subject, val, cts: isoTime(event.timeUs), ...ends };
    if (dice.readUInt32BE(12) % TAKEN_BACK === 0) toTakeBack.push(label);
    const old = toTakeBack.length > MAX_WAITING ? toTakeBack.shift() : undefined;
    return [label, ...(old === undefined ? [] : [{ uri: old.uri, val: old.val, cts: label.cts, neg: true }])];
  };
}

const NEW_POST = '"operation":"create","collection":"app.bsky.feed.post"';
const NEW_PROFILE = '"operation":"create","collection":"app.bsky.actor.profile"';

/** The post or the account that may be labelled now. */
function subjectOf(event: WorldEvent): string | undefined {
  if (event.raw !== undefined || event.isStrange || event.only !== undefined) return undefined;
  if (event.tail.includes(NEW_PROFILE)) return event.did;
  if (!event.tail.includes(NEW_POST)) return undefined;
  const { commit } = JSON.parse(eventLine(event)) as { readonly commit: { readonly rkey: string } };
  return `at://${event.did}/app.bsky.feed.post/${commit.rkey}`;
}

function isoTime(micros: number): string {
  return new Date(micros / 1_000).toISOString();
}

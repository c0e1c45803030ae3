import { setImmediate as turn } from 'node:timers/promises';
import { createSignatureVerifier, type DidResolver, type SigningKey } from '@updraft/identity';
import { sleep } from '@updraft/service';
import { findLabeler, type Labeler } from './find-labeler.ts';
import type { LabelsFrame } from './frame.ts';
import { type Label, type LabelReading, readLabel, subjectDid } from './label.ts';

export interface CheckedLabel extends Label {
  /** Its place in the labeler's stream. */
  readonly seq: number;
}

/** A label that is not believed. */
export interface RejectedLabel {
  readonly reason: 'bad_label' | 'bad_label_signature';
  readonly detail: string;
  readonly seq: number;
  /** The account that it is about, as far as it says so; else ''. */
  readonly did: string;
  /** The label as JSON. */
  readonly text: string;
}

export interface CheckedLabels {
  /** In the order of the stream. */
  readonly labels: readonly CheckedLabel[];
  readonly rejected: readonly RejectedLabel[];
}

export interface LabelChecker {
  /**
   * Tells the labels that the labeler signed from the others. Before a signature is called bad, the labeler's key is looked up again.
   * Lets others have the thread now and then. @throws LabelerError or ResolutionError when the key can't be had: then nothing is known of these labels.
   */
  check(frames: readonly LabelsFrame[], signal: AbortSignal): Promise<CheckedLabels>;
}

export interface LabelCheckerOptions {
  readonly labeler: Labeler;
  readonly resolver: DidResolver;
  readonly now?: () => number;
  /** The directory is asked for one labeler's key at most once in this time; a batch with bad signatures waits for it. */
  readonly lookUpEveryMs?: number;
}

/** Labels that are verified before others have a turn: some two milliseconds. */
const SLICE = 50;

export function createLabelChecker(options: LabelCheckerOptions): LabelChecker {
  const { labeler, now = Date.now, lookUpEveryMs = 2_000 } = options;
  const verifier = createSignatureVerifier();
  let key = labeler.signingKey;
  let askedAt = now();
  const isSigned = (reading: Readable): boolean => verifier.verify(key, reading.signedBytes, reading.signature);
  /** A key that is asked for after the labels have come is no older than they are. */
  const lookAgain = async (signal: AbortSignal): Promise<boolean> => {
    await sleep(Math.max(0, askedAt + lookUpEveryMs - now()), signal);
    askedAt = now();
    const before = key;
    key = (await findLabeler(labeler.did, options.resolver)).signingKey;
    return !isSameKey(before, key);
  };
  return {
    check: async (frames, signal) => {
      const readings = await readAll(frames, labeler.did, isSigned);
      const doubtful = readings.filter(({ reading, isTrue }) => reading.ok && !isTrue);
      if (doubtful.length > 0 && (await lookAgain(signal)))
        for (const each of doubtful) each.isTrue = each.reading.ok && isSigned(each.reading);
      return sort(readings);
    },
  };
}

type Readable = Extract<LabelReading, { ok: true }>;

interface Verdict {
  readonly seq: number;
  readonly value: unknown;
  readonly reading: LabelReading;
  isTrue: boolean;
}

async function readAll(
  frames: readonly LabelsFrame[],
  did: string,
  isSigned: (reading: Readable) => boolean,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const { seq, labels } of frames)
    for (const value of labels) {
      const reading = readLabel(value, did);
      verdicts.push({ seq, value, reading, isTrue: reading.ok && isSigned(reading) });
      if (verdicts.length % SLICE === 0) await turn();
    }
  return verdicts;
}

function sort(verdicts: readonly Verdict[]): CheckedLabels {
  const labels: CheckedLabel[] = [];
  const rejected: RejectedLabel[] = [];
  for (const { seq, value, reading, isTrue } of verdicts) {
    if (reading.ok && isTrue) labels.push({ ...reading.label, seq });
    else {
      const fault = reading.ok
        ? ({ reason: 'bad_label_signature', detail: 'the labeler’s key did not sign this' } as const)
        : ({ reason: 'bad_label', detail: reading.detail } as const);
      rejected.push({ ...fault, seq, did: subjectDid(value), text: textOf(value) });
    }
  }
  return { labels, rejected };
}

function isSameKey(a: SigningKey, b: SigningKey): boolean {
  return a.alg === b.alg && Buffer.from(a.point).equals(b.point);
}

function textOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch (error) {
    if (error instanceof RangeError) return ''; // nested too deep
    throw error;
  }
}

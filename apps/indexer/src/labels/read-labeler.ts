import { type DidResolver, socketGuard } from '@updraft/identity';
import {
  createLabelChecker,
  findLabeler,
  type LabelChecker,
  type LabelFrame,
  type LabelsFrame,
  openLabelStream,
  readLabelFrame,
  subscribeUrl,
} from '@updraft/labels';
import type { ErasedAccounts, WritableBlock } from '@updraft/store';
import type { LabelNews } from './label-news.ts';
import { labelRows, unreadableFrame } from './label-rows.ts';
import type { LabelerReport } from './labeler-reports.ts';
import { compareFrame, cursorOf, placeAfter } from './place.ts';
import type { PlaceKeeper } from './place-keeper.ts';

export interface ReadDeps {
  readonly resolver: DidResolver;
  readonly allowPrivateAddresses: boolean;
  /** Resolves when every row is acknowledged. */
  write(blocks: readonly WritableBlock[]): Promise<unknown>;
  readonly erased: Pick<ErasedAccounts, 'has'>;
  /** Resolves when the live stream is not behind. */
  ready(signal: AbortSignal): Promise<void>;
  readonly news: LabelNews;
  readonly report: LabelerReport;
  readonly place: PlaceKeeper;
}

/** Why a connection ended, and whether labels came. `renumbered`: the labeler counts anew. */
export interface ConnectionEnd {
  readonly reason: string;
  readonly detail: string;
  readonly hadLabels: boolean;
}

/** A batch is written when it has so many frames, or a second after its first. */
const LIMITS = { maxFrames: 5_000, gatherMs: 1_000, quietMs: 2_000 };
/** A label that is younger than this when it comes: the labeler's past is through. */
const LIVE_MS = 60_000;

/** Connects to the labeler once and stores what it says, until the connection ends. @throws when the labeler can't be found, or its key or a store can't be asked. */
export async function readLabeler(did: string, deps: ReadDeps, signal: AbortSignal): Promise<ConnectionEnd> {
  const { resolver, allowPrivateAddresses, place, report } = deps;
  const labeler = await findLabeler(did, resolver);
  const url = subscribeUrl(labeler, cursorOf(place.get()));
  const stream = openLabelStream(socketGuard(url, { allowPrivateAddresses }), signal);
  const reading = createReading(did, deps, createLabelChecker({ labeler, resolver }), signal);
  try {
    if (await stream.opened) report.connected(labeler.origin);
    for (let frames = await stream.take(LIMITS); frames !== undefined; frames = await stream.take(LIMITS)) {
      if (frames.length >= LIMITS.maxFrames) await deps.ready(signal);
      const end = await reading.take(frames);
      if (end !== undefined) return { ...end, hadLabels: reading.hadLabels() };
    }
    return { ...(await stream.ended), hadLabels: reading.hadLabels() };
  } finally {
    stream.close();
  }
}

interface Reading {
  /** Stores these frames, and says why the connection must end, if it must. */
  take(frames: readonly Uint8Array[]): Promise<Omit<ConnectionEnd, 'hadLabels'> | undefined>;
  hadLabels(): boolean;
}

function createReading(did: string, deps: ReadDeps, checker: LabelChecker, signal: AbortSignal): Reading {
  let [hadLabels, isReached] = [false, false];
  return {
    hadLabels: () => hadLabels,
    take: async (frames) => {
      const sorted = sortFrames(frames, deps, isReached);
      isReached = sorted.isReached;
      hadLabels ||= sorted.labels.length > 0 || isReached;
      const youngest = await store(did, sorted, { ...deps, checker, signal });
      const isQuiet = frames.length === 0;
      if ((isQuiet || youngest > Date.now() - LIVE_MS) && (await deps.place.takeBackEarlier())) deps.news.addAll();
      if (isQuiet) deps.report.caughtUp();
      await (isQuiet ? deps.place.save() : deps.place.saveNowAndThen());
      await deps.news.tell();
      return sorted.end;
    },
  };
}

interface SortedFrames {
  readonly labels: LabelsFrame[];
  readonly unreadable: ReturnType<typeof unreadableFrame>[];
  /** Whether the frame at the saved place, or a later one, came. */
  isReached: boolean;
  end: { readonly reason: string; readonly detail: string } | undefined;
}

/** The frames up to the one that ends the connection, if one does. */
function sortFrames(frames: readonly Uint8Array[], { report, place }: ReadDeps, isReached: boolean): SortedFrames {
  const sorted: SortedFrames = { labels: [], unreadable: [], isReached, end: undefined };
  for (const bytes of frames) {
    const frame: LabelFrame = readLabelFrame(bytes);
    if (frame.kind === 'error') sorted.end = errorEnd(frame);
    if (frame.kind === 'info')
      report.noticed(frame.name === 'OutdatedCursor' ? frame.name : 'other', `${frame.name} ${frame.message}`);
    if (frame.kind === 'unknown') report.noticed('unknown_frame', frame.type);
    if (frame.kind === 'unreadable') sorted.unreadable.push(unreadableFrame(bytes, frame.detail));
    if (frame.kind === 'labels') {
      const comparison = compareFrame(place.get(), frame, sorted.isReached);
      if (comparison === 'new') sorted.labels.push(frame);
      if (comparison === 'renumbered')
        sorted.end = { reason: 'renumbered', detail: `seq ${frame.seq} is another label` };
      else sorted.isReached ||= frame.seq >= place.get().seq;
    }
    if (sorted.end !== undefined) break;
  }
  return sorted;
}

const KNOWN_ERRORS = ['FutureCursor', 'ConsumerTooSlow'];

/** The reasons are labels of a metric: a labeler can't make up new ones. */
function errorEnd({ error, message }: Extract<LabelFrame, { kind: 'error' }>): SortedFrames['end'] {
  return { reason: KNOWN_ERRORS.includes(error) ? error : 'error', detail: `${error} ${message}`.trim() };
}

interface StoreDeps extends ReadDeps {
  readonly checker: LabelChecker;
  readonly signal: AbortSignal;
}

/** Writes the labels, and only then moves the place. Gives the time of the youngest label, in milliseconds since 1970. */
async function store(did: string, { labels: frames, unreadable }: SortedFrames, deps: StoreDeps): Promise<number> {
  if (frames.length === 0 && unreadable.length === 0) return 0;
  const { checker, erased, place, news, report, write, signal } = deps;
  const { labels, rejected } = await checker.check(frames, signal);
  const kept = {
    labels: labels.filter((label) => !erased.has(label.did)),
    rejected: rejected.filter((one) => !erased.has(one.did)),
  };
  await write(labelRows({ src: did, numbering: place.get().numbering }, kept, unreadable));
  place.set(placeAfter(place.get(), frames));
  news.add(new Set(kept.labels.map(({ uri }) => uri)));
  report.stored(kept.labels.length, place.get().seq, labels.at(-1)?.ctsMs);
  for (const { reason } of [...kept.rejected, ...unreadable]) report.rejected(reason, 1);
  return labels.at(-1)?.ctsMs ?? 0;
}

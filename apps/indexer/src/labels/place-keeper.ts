import {
  type ClickHouse,
  createProgressStore,
  lastNumbering,
  type ProgressStore,
  progressNames,
  takeBackEarlierLabels,
} from '@updraft/store';
import { type Place, readPlace, renumbered } from './place.ts';

/** Keeps a labeler's place in job_progress. */
export interface PlaceKeeper {
  get(): Place;
  /** Everything up to there is stored. */
  set(place: Place): void;
  /** Saves it unless nothing has changed. */
  save(): Promise<void>;
  /** Likewise, once in a few seconds: a crash repeats the rest. */
  saveNowAndThen(): Promise<void>;
  /** The labeler counts anew: its next labels are later than all it has said. */
  renumber(): Promise<void>;
  /** Takes back what the labeler said in earlier numberings and has not said again. True when it was due. */
  takeBackEarlier(): Promise<boolean>;
}

const SAVE_EVERY_MS = 5_000;
const PREFIX = 'labels:';

export async function openPlace(clickhouse: ClickHouse, did: string, signal?: AbortSignal): Promise<PlaceKeeper> {
  const store = createProgressStore(clickhouse);
  let place = await loadPlace(store, clickhouse, did, signal);
  let [saved, savedAt] = [place, 0];
  const save = async (): Promise<void> => {
    if (saved === place) return;
    const now = place;
    await store.save(`${PREFIX}${did}`, now, Date.now() * 1_000);
    [saved, savedAt] = [now, Date.now()];
  };
  return {
    get: () => place,
    set: (next) => {
      place = next;
    },
    save,
    saveNowAndThen: async () => {
      if (Date.now() - savedAt >= SAVE_EVERY_MS) await save();
    },
    renumber: async () => {
      place = renumbered(place);
      await save();
    },
    takeBackEarlier: async () => {
      if (!place.hasEarlier) return false;
      await takeBackEarlierLabels(clickhouse, { src: did, numbering: place.numbering }, signal && { signal });
      place = { ...place, hasEarlier: false };
      return true;
    },
  };
}

/** The labels themselves tell of a numbering that was not saved, or by an indexer that is no longer the active one. */
async function loadPlace(
  store: ProgressStore,
  clickhouse: ClickHouse,
  did: string,
  signal?: AbortSignal,
): Promise<Place> {
  const place = readPlace(await store.load(`${PREFIX}${did}`));
  const last = await lastNumbering(clickhouse, did, signal && { signal });
  return last <= place.numbering ? place : { numbering: last, seq: 0, digest: '', hasEarlier: true };
}

/**
 * Takes back all labels of labelers that are not among these any more. One that is named again is read from its beginning. Gives the DIDs.
 */
export async function dropOtherLabelers(clickhouse: ClickHouse, labelers: readonly string[]): Promise<string[]> {
  const known = (await progressNames(clickhouse, PREFIX)).map((name) => name.slice(PREFIX.length));
  const dropped: string[] = [];
  for (const did of known) {
    if (labelers.includes(did)) continue;
    const place = await openPlace(clickhouse, did);
    if (place.get().seq === 0 && !place.get().hasEarlier) continue;
    await place.renumber();
    await place.takeBackEarlier();
    await place.save();
    dropped.push(did);
  }
  return dropped;
}

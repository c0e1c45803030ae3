import { MAX_SUBJECTS, type News } from '@updraft/feeds';

/** Tells the feed generators whose labels changed: few messages, and bounded ones, however many labels come. */
export interface LabelNews {
  /** These subjects' labels are stored. */
  add(subjects: Iterable<string>): void;
  /** Something is stored, and nobody says of which subjects. */
  addAll(): void;
  /** Sends what is due. Never rejects. */
  tell(): Promise<void>;
}

export interface LabelNewsDeps {
  publish(news: News): Promise<void>;
  onError(error: unknown): void;
  now(): number;
}

const FEW_EVERY_MS = 1_000;
/** Who hears it looks at every feed again: while a labeler's past is read, that must not go on without a pause. */
const ALL_EVERY_MS = 10_000;

export function createLabelNews({ publish, onError, now }: LabelNewsDeps): LabelNews {
  const waiting = new Set<string>();
  let isAll = false;
  let toldAt = { few: Number.NEGATIVE_INFINITY, all: Number.NEGATIVE_INFINITY };
  return {
    add: (subjects) => {
      for (const subject of subjects) if (!isAll) waiting.add(subject);
      isAll ||= waiting.size > MAX_SUBJECTS;
    },
    addAll: () => {
      isAll = true;
    },
    tell: async () => {
      const [at, kind] = [now(), isAll ? 'all' : 'few'] as const;
      if (!isAll && waiting.size === 0) return;
      if (at - toldAt[kind] < (isAll ? ALL_EVERY_MS : FEW_EVERY_MS)) return;
      toldAt = { ...toldAt, [kind]: at };
      const message: News = { kind: 'labels', ...(!isAll && { subjects: [...waiting] }) };
      waiting.clear();
      isAll = false;
      await publish(message).catch(onError);
    },
  };
}

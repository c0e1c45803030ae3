/** How many records of each collection an export has, from its text as it comes. */
export interface RecordCounter {
  add(text: string): void;
  /** The most frequent first. */
  counts(): readonly (readonly [collection: string, records: number])[];
}

/**
 * Both formats write each record as `{"uri":…,"cid":…,` and then `"collection"` or `"content"`: no record's own content can look like
 * that, since a reference in it is an object of uri and cid alone, and quotes within its texts are escaped.
 */
const RECORD = /\{"uri":"at:\/\/[^/"]+\/([^/"]+)\/[^"]+","cid":"[^"]+","co(?:llection|ntent)"/g;
/** The beginning of a record is shorter. */
const MOST_HEAD = 4_096;

export function createRecordCounter(): RecordCounter {
  const counts = new Map<string, number>();
  let rest = '';
  return {
    add: (text) => {
      const all = rest + text;
      let end = 0;
      for (const { 0: head, 1: collection = '', index } of all.matchAll(RECORD)) {
        counts.set(collection, (counts.get(collection) ?? 0) + 1);
        end = index + head.length;
      }
      rest = all.slice(Math.max(end, all.length - MOST_HEAD));
    },
    counts: () => [...counts].toSorted(([, a], [, b]) => b - a),
  };
}

import type { JobsState } from '@updraft/console-api/views';
import { count, parseJson } from '@updraft/service';
import type { JobState } from '@updraft/store';
import { z } from 'zod';
import { isoTime } from './operator-deps.ts';

type Work = JobsState['work'][number];

/** A job of job_progress in words; undefined for what is kept there and is no work. Progress of another shape is shown without detail. */
export function describeJob({ name, progressJson, version }: JobState): Work | undefined {
  const kind = KINDS.find(({ prefix }) => name.startsWith(prefix));
  if (kind?.words === undefined) return kind === undefined ? unknownJob(name, version) : undefined;
  const rest = name.slice(kind.prefix.length);
  const described = kind.words(rest, parseJson(progressJson));
  return described && { detail: '', isDone: false, ...described, updatedAt: isoTime(version / 1000) };
}

type Words = Omit<Partial<Work>, 'updatedAt'> & { readonly name: string };

interface Kind {
  readonly prefix: string;
  /** Undefined: bookkeeping. */
  readonly words?: (rest: string, progress: unknown) => Words | undefined;
}

const reading = z.object({ source: z.string(), events: z.number() });
const listing = z.object({ pages: z.number(), cursor: z.string().optional() });
const reindexing = z.object({ read: z.number(), written: z.number() });
const importing = z.object({ done: z.array(z.string()), part: z.string() });
const place = z.object({ seq: z.number() });
const copying = z.object({ copiedFrom: z.record(z.string(), z.number()) });

const KINDS: readonly Kind[] = [
  { prefix: 'storage:sizes' },
  { prefix: 'daily_stats:' },
  {
    prefix: 'gap:',
    words: (id, progress) => {
      const { data } = reading.safeParse(progress);
      const name = `healing of the gap ${id.slice(0, 6)}`;
      return data === undefined
        ? { name, isDone: true }
        : { name, detail: `${count(data.events)} events read from ${data.source}` };
    },
  },
  {
    prefix: 'list_repos:',
    words: (host, progress) => {
      const { data } = listing.safeParse(progress);
      const name = `accounts of ${host}`;
      if (data === undefined) return { name };
      return { name, detail: `${count(data.pages)} pages read`, isDone: data.cursor === undefined };
    },
  },
  {
    prefix: 'labels:',
    words: (did, progress) => {
      const { data } = place.safeParse(progress);
      return { name: `labels of ${did}`, ...(data && { detail: `stored up to number ${count(data.seq)}` }) };
    },
  },
  {
    prefix: 'reindex:',
    words: (what, progress) => {
      const { data } = reindexing.safeParse(progress);
      const name = `reindex of ${what}`;
      if (data === undefined) return { name, isDone: true };
      return { name, detail: `${count(data.read)} read, ${count(data.written)} written again` };
    },
  },
  {
    prefix: 'import:',
    words: (rest, progress) => {
      const { data } = importing.safeParse(progress);
      const name = `import of ${rest.slice(rest.indexOf(':') + 1)}`;
      if (data === undefined) return { name };
      return { name, detail: `${count(data.done.length)} parts read`, isDone: data.part === '' };
    },
  },
  {
    prefix: 'migration ',
    words: (rest, progress) => {
      const hour = Math.max(...Object.values(copying.safeParse(progress).data?.copiedFrom ?? {}));
      const from = new Date(hour * 3_600_000);
      if (Number.isNaN(from.getTime())) return undefined; // a new store had nothing to copy
      const detail = `copied back to ${from.toISOString()}`;
      return { name: `migration ${rest}`, detail, isDone: true }; // this version starts when it has ended
    },
  },
];

function unknownJob(name: string, version: number): Work {
  return { name: name.slice(0, 200), detail: '', isDone: false, updatedAt: isoTime(version / 1000) };
}

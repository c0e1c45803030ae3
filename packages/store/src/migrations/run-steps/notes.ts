import { z } from 'zod';
import { createProgressStore } from '../../search/job-progress.ts';
import type { MigrationTarget } from '../target.ts';

/** What the copy remembers between two tries, in job_progress. */
export interface CopyNotes {
  /** Where each stream stood when the copy began. */
  readonly streams: readonly StreamNote[];
  /** By server: all hours from this one on are copied. */
  readonly copiedFrom: Readonly<Record<string, number>>;
}

export interface StreamNote {
  readonly stream: string;
  readonly progressJson: string;
  readonly lastSeq: number;
}

export interface CopyNotebook {
  /** Undefined before the copy began. */
  read(): Promise<CopyNotes | undefined>;
  write(notes: CopyNotes): Promise<void>;
}

const NAME = 'migration 0013: copied rows';

const Notes = z.object({
  streams: z.array(z.object({ stream: z.string(), progressJson: z.string(), lastSeq: z.number() })),
  copiedFrom: z.record(z.string(), z.number()),
});

export function createCopyNotebook({ databases: [database] }: MigrationTarget): CopyNotebook {
  if (database === undefined) throw new Error('a target without servers');
  const store = createProgressStore(database);
  return {
    read: async () => {
      const found = await store.load(NAME);
      return found === undefined ? undefined : Notes.parse(found);
    },
    write: (notes) => store.save(NAME, notes, Date.now() * 1000),
  };
}

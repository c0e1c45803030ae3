/** A method of the archive. */
export type ArchiveMethod = 'planSnapshot' | 'listSegments' | 'getSegment' | 'getBlock' | 'getZstdDictionary';

/** Something that goes wrong with one answer: the next of its method, or of any method. */
export type ArchiveFault = { readonly method?: ArchiveMethod } & (
  | { readonly kind: 'status'; readonly status: number; readonly retryAfterSeconds?: number }
  /** The connection ends after this many bytes of the body. */
  | { readonly kind: 'cut'; readonly afterBytes: number }
  /** One bit of the body is wrong. */
  | { readonly kind: 'flip'; readonly atByte: number }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number }
  /** The segment is rewritten before it is answered: it has another checksum than its plan says. */
  | { readonly kind: 'rewrite' }
);

export interface ArchiveFaults {
  inject(fault: ArchiveFault): void;
  /** The next fault of a method, which now belongs to the caller. */
  take(method: string): ArchiveFault | undefined;
  left(): number;
}

export function createArchiveFaults(): ArchiveFaults {
  const faults: ArchiveFault[] = [];
  return {
    inject: (fault) => void faults.push(fault),
    take(method) {
      const at = faults.findIndex((fault) => (fault.method ?? method) === method);
      return at === -1 ? undefined : faults.splice(at, 1)[0];
    },
    left: () => faults.length,
  };
}

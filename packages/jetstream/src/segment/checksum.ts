import { createXXHash3 } from 'hash-wasm';

/** The checksum of a segment: XXH3-64 with seed 0, as 16 hexadecimal digits. It is the ETag as well. */
export interface Checksum {
  update(bytes: Uint8Array): void;
  /** Ends the checksum. */
  digest(): string;
}

/** A checksum of nothing yet: what comes is the header from its version on, then the footer. */
export async function createChecksum(): Promise<Checksum> {
  const hasher = await createXXHash3();
  hasher.init();
  return {
    update: (bytes) => void hasher.update(bytes),
    digest: () => hasher.digest('hex'),
  };
}

import type { SigningKey } from '@updraft/identity';

/** A signature to be checked. */
export interface Check {
  readonly key: SigningKey;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/**
 * Checks on their way to a thread: all bytes in one buffer, which is handed over without a copy. (It must not come from Node's pool of
 * Buffers: posting one takes its whole slab along.)
 */
export interface SignatureBatch {
  /** Bytes of each message. */
  readonly lengths: readonly number[];
  /** For each check: 1 for ES256K, 0 for ES256; 65 bytes of the key's point, 64 of the signature, the message. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const POINT_BYTES = 65;
const SIGNATURE_BYTES = 64;
const HEAD_BYTES = 1 + POINT_BYTES + SIGNATURE_BYTES;

/** Signatures must be 64 bytes long. */
export function packBatch(checks: readonly Check[]): SignatureBatch {
  const lengths = checks.map(({ message }) => message.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + HEAD_BYTES + length, 0));
  let position = 0;
  for (const { key, message, signature } of checks) {
    bytes[position] = key.alg === 'ES256K' ? 1 : 0;
    bytes.set(key.point, position + 1);
    bytes.set(signature, position + 1 + POINT_BYTES);
    bytes.set(message, position + HEAD_BYTES);
    position += HEAD_BYTES + message.length;
  }
  return { lengths, bytes };
}

/** The checks of a batch, as views of its bytes. */
export function unpackBatch({ lengths, bytes }: SignatureBatch): Check[] {
  let position = 0;
  return lengths.map((length) => {
    const start = position;
    position += HEAD_BYTES + length;
    return {
      key: { alg: bytes[start] === 1 ? 'ES256K' : 'ES256', point: bytes.subarray(start + 1, start + 1 + POINT_BYTES) },
      signature: bytes.subarray(start + 1 + POINT_BYTES, start + HEAD_BYTES),
      message: bytes.subarray(start + HEAD_BYTES, position),
    };
  });
}

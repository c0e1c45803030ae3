import { hash } from 'node:crypto';
import { CODEC_DCBOR, fromDigest, toString } from '@atcute/cid';

/** The CID of a record, from its DAG-CBOR. */
export function payloadCid(payload: Uint8Array): string {
  return toString(fromDigest(CODEC_DCBOR, hash('sha256', payload, 'buffer')));
}

/*
 * In: a payload, DAG-CBOR. Out: its JSON as the live stream writes it, or why it has none.
 * Keeps: memory is bounded whatever the payload claims or holds; bytes are `{"$bytes"}` in base64 without padding, links `{"$link"}`; nothing nests deeper than 128, as on the live stream.
 * Integers beyond 2^53 become the nearest float, which is what JSON.parse makes of them on the live stream.
 */

import { decode } from '@atcute/cbor';
import { cborHeads } from './cbor-heads.ts';
import { isDeeper } from './depth.ts';
import { roundWideIntegers } from './wide-integers.ts';

export type PayloadText = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly fault: string };

/** Levels of maps and arrays. */
const MAX_CBOR_DEPTH = 128;

/** The JSON text of a payload. Never throws. */
export function payloadText(payload: Uint8Array): PayloadText {
  if (payload.length > SMALL_BYTES && isExcessive(payload)) {
    return { ok: false, fault: `the payload has ${payload.length} bytes, or more than ${MAX_VALUES} values` };
  }
  const decoded = decodePayload(payload);
  if (!decoded.ok) return decoded;
  if (isDeeper(decoded.value, MAX_CBOR_DEPTH)) {
    return { ok: false, fault: `the payload nests deeper than ${MAX_CBOR_DEPTH} levels` };
  }
  return { ok: true, text: JSON.stringify(decoded.value) };
}

/** Records have 1 MiB at most. */
const MAX_BYTES = 8 * 1024 * 1024;
/** A value of one byte takes hundreds when it is decoded. */
const MAX_VALUES = 262_144;
/** Fewer bytes can't hold more values. */
const SMALL_BYTES = MAX_VALUES;

function isExcessive(payload: Uint8Array): boolean {
  if (payload.length > MAX_BYTES) return true;
  const heads = cborHeads(Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength));
  return heads.drop(MAX_VALUES).next().done !== true;
}

type Decoded = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly fault: string };

function decodePayload(payload: Uint8Array): Decoded {
  try {
    const value: unknown = decode(payload);
    return { ok: true, value };
  } catch (error) {
    const rounded = error instanceof RangeError ? roundWideIntegers(payload) : undefined;
    if (rounded !== undefined) return decodePayload(rounded);
    return { ok: false, fault: `the payload can't be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

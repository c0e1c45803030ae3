import { decode, decodeFirst } from '@atcute/cbor';
import { isJsonObject } from '@updraft/atproto';

/** Labels at one place of a labeler's stream. */
export interface LabelsFrame {
  readonly kind: 'labels';
  /** Rises along the stream, with holes. */
  readonly seq: number;
  /** As they came: nothing of them is checked. */
  readonly labels: readonly unknown[];
}

export type LabelFrame =
  | LabelsFrame
  /** A note such as OutdatedCursor: what the labeler no longer has was left out. */
  | { readonly kind: 'info'; readonly name: string; readonly message: string }
  /** The last frame of a stream, such as FutureCursor. */
  | { readonly kind: 'error'; readonly error: string; readonly message: string }
  /** A type that is newer than this. */
  | { readonly kind: 'unknown'; readonly type: string }
  | { readonly kind: 'unreadable'; readonly detail: string };

/** A header and a body in DAG-CBOR, one after the other. Never throws. Source: https://atproto.com/specs/event-stream */
export function readLabelFrame(bytes: Uint8Array): LabelFrame {
  try {
    const parts: readonly [unknown, Uint8Array] = decodeFirst(bytes);
    const [header, rest] = parts;
    const body: unknown = decode(rest);
    if (!isJsonObject(header) || !isJsonObject(body)) return unreadable('header and body are not objects');
    if (header['op'] === -1) return { kind: 'error', error: textOf(body['error']), message: textOf(body['message']) };
    if (header['op'] !== 1) return { kind: 'unknown', type: `op ${String(header['op'])}` };
    if (header['t'] === '#info') return { kind: 'info', name: textOf(body['name']), message: textOf(body['message']) };
    if (header['t'] !== '#labels') return { kind: 'unknown', type: textOf(header['t']) };
    const { seq, labels } = body;
    if (typeof seq !== 'number' || !Number.isSafeInteger(seq) || seq < 1)
      return unreadable('seq is not a whole number above 0');
    if (!Array.isArray(labels)) return unreadable('labels is not an array');
    if (labels.length > 1 + bytes.length / LEAST_LABEL_BYTES) return unreadable('more labels than its bytes can hold');
    return { kind: 'labels', seq, labels };
  } catch (error) {
    return unreadable(error instanceof Error ? error.message : String(error));
  }
}

/** No signed label is shorter. A frame of empty ones would cost hundreds of times its size. */
const LEAST_LABEL_BYTES = 100;

function unreadable(detail: string): LabelFrame {
  return { kind: 'unreadable', detail };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 500) : '';
}

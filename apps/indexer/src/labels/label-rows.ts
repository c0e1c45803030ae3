import type { CheckedLabels } from '@updraft/labels';
import {
  createBlock,
  hashText,
  labels as labelsTable,
  labelVersion,
  MAX_EVENT_BYTES,
  type RejectedEventRow,
  rejectedEvents,
  truncateUtf8,
  type WritableBlock,
} from '@updraft/store';

/** What is in rejected_events of a label, or of a frame that can't be read. */
interface Rejection {
  readonly reason: 'bad_label' | 'bad_label_frame' | 'bad_label_signature';
  readonly detail: string;
  /** The account that it is about; '' when that can't be read. */
  readonly did: string;
  readonly text: string;
}

/** The rows of labels of one labeler and numbering. The same labels always make the same rows. */
export function labelRows(
  labeler: { readonly src: string; readonly numbering: number },
  { labels, rejected }: CheckedLabels,
  unreadable: readonly Rejection[],
): WritableBlock[] {
  const { src, numbering } = labeler;
  const rows = createBlock(labelsTable);
  for (const { did, uri, val, neg, ctsMs, expMs = 0, seq } of labels)
    rows.append({ did, uri, val, src, neg, cts: ctsMs, exp: expMs, version: labelVersion(numbering, seq) });
  const others = createBlock(rejectedEvents);
  for (const rejection of [...rejected, ...unreadable]) others.append(rejectedRow(src, rejection));
  return [rows, others];
}

/** A frame as text, so that it can be looked into later. */
export function unreadableFrame(frame: Uint8Array, detail: string): Rejection {
  return { reason: 'bad_label_frame', detail, did: '', text: Buffer.from(frame).toString('base64') };
}

function rejectedRow(src: string, { reason, detail, did, text }: Rejection): RejectedEventRow {
  return {
    reason,
    detail: `${src}: ${detail}`.slice(0, MAX_DETAIL),
    did,
    kind: 'label',
    collection: '',
    eventHash: hashText(`${src} ${text}`),
    event: truncateUtf8(text, MAX_EVENT_BYTES),
    eventBytes: Buffer.byteLength(text),
  };
}

const MAX_DETAIL = 500;

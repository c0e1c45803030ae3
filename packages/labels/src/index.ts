/*
 * labels: what labelers say of accounts and records, from com.atproto.label.subscribeLabels.
 *
 *     const labeler = await findLabeler(did, resolver);                      // its address and its key
 *     const stream = openLabelStream(subscribeUrl(labeler, cursor), …);      // bounded: a socket whose frames nobody takes is paused
 *     for (…) readLabelFrame(await stream.take(…))                           // labels of one seq, a note, an error
 *     const { labels, rejected } = await checker.check(frames, signal);      // valid and signed by the labeler, and the others with the reason
 *
 * Keeps: no label is given that its labeler did not sign; none is rejected because a key changed or the directory is away.
 * Sources: https://atproto.com/specs/label, https://atproto.com/specs/event-stream
 */

export { findLabeler, type Labeler, LabelerError, subscribeUrl } from './find-labeler.ts';
export { type LabelFrame, type LabelsFrame, readLabelFrame } from './frame.ts';
export type { Label } from './label.ts';
export {
  type CheckedLabel,
  type CheckedLabels,
  createLabelChecker,
  type LabelChecker,
  type RejectedLabel,
} from './label-checker.ts';
export { type LabelStream, openLabelStream, type StreamEnd } from './label-stream.ts';

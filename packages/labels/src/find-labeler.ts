import type { DidResolver, SigningKey } from '@updraft/identity';

/** A labeler as its DID document describes it. */
export interface Labeler {
  readonly did: string;
  /** The origin of its service. */
  readonly origin: string;
  readonly signingKey: SigningKey;
}

/** The DID has no labeler that can be read: no document, or one without `#atproto_labeler` or `#atproto_label`. That may change. */
export class LabelerError extends Error {
  override name = 'LabelerError';
  readonly did: string;

  constructor(did: string, message: string) {
    super(`${did}: ${message}`);
    this.did = did;
  }
}

/** @throws LabelerError; ResolutionError when there is no answer. */
export async function findLabeler(did: string, resolver: DidResolver): Promise<Labeler> {
  const document = await resolver.resolve(did);
  if (document === undefined) throw new LabelerError(did, 'there is no account with this DID');
  const { labeler } = document;
  if (labeler === undefined) throw new LabelerError(did, 'its DID document has no #atproto_labeler with an address');
  const { origin, signingKey } = labeler;
  if (signingKey === undefined)
    throw new LabelerError(did, 'its DID document has no #atproto_label key of a known type');
  return { did, origin, signingKey };
}

/** The address of its labels after `cursor`; 0: from the oldest that it has. */
export function subscribeUrl({ origin }: Pick<Labeler, 'origin'>, cursor: number): URL {
  const url = new URL('/xrpc/com.atproto.label.subscribeLabels', origin);
  url.searchParams.set('cursor', String(cursor));
  return url;
}

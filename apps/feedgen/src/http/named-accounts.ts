import { isDid, parseAtUri } from '@updraft/atproto';
import type { Identity } from '../identity.ts';

/**
 * The handles of the accounts that these texts name: a DID, the at-uri of a record of one, or who made a change, which begins with a DID. What
 * comes back tells the handle of a text, '' where none is known.
 */
export async function readHandlesIn(
  { handlesOf }: Pick<Identity, 'handlesOf'>,
  texts: readonly string[],
): Promise<(text: string) => string> {
  const dids = new Set(texts.map(didIn).filter((did) => isDid(did)));
  const handles = await handlesOf([...dids]);
  return (text) => handles.get(didIn(text)) ?? '';
}

function didIn(text: string): string {
  return parseAtUri(text)?.authority ?? text.split(' ', 1)[0] ?? '';
}

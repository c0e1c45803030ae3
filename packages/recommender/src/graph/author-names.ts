import { withPlaceFor } from './growing.ts';

const PLC = 'did:plc:';
/** Characters of a did:plc behind its prefix. */
const PLC_LENGTH = 24;

/** DIDs by author: 24 bytes for a did:plc, a string for the few others. */
export function createAuthorNames() {
  let plc = new Uint8Array(0);
  let text = Buffer.from(plc.buffer);
  const others = new Map<number, string>();
  return {
    bytes: () => plc.byteLength + others.size * 100,
    set: (id: number, did: string): void => {
      plc = withPlaceFor(plc, id, PLC_LENGTH);
      if (text.buffer !== plc.buffer) text = Buffer.from(plc.buffer);
      if (did.startsWith(PLC) && did.length === PLC.length + PLC_LENGTH)
        text.write(did.slice(PLC.length), id * PLC_LENGTH, 'latin1');
      else others.set(id, did);
    },
    forget: (id: number): void => void others.delete(id),
    did: (id: number): string =>
      others.get(id) ?? PLC + text.toString('latin1', id * PLC_LENGTH, (id + 1) * PLC_LENGTH),
  };
}

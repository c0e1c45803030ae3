import { createWorld, startPlcDirectory } from '@updraft/simulator';

/** A PLC directory that knows the labelers that are added. */
export async function startDirectory() {
  const documents = new Map<string, () => Promise<object | undefined>>();
  const plc = await startPlcDirectory(createWorld({ accounts: 1 }), {
    documentOf: async (did) => documents.get(did)?.(),
  });
  return {
    url: plc.url,
    close: plc.close,
    add: (did: string, document: () => Promise<object | undefined>): void => void documents.set(did, document),
  };
}

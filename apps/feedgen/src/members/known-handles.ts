import type { DidDirectory, Handles } from '@updraft/identity';

/**
 * Handles of a network that has no DNS, such as the simulated one: what `handles` can't resolve is looked for among the handles that
 * events have told, and the DID's document must name it too.
 */
export function withKnownHandles(options: {
  handles: Handles;
  dids: DidDirectory;
  storedDidOf: (handle: string) => Promise<string | undefined>;
}): Handles {
  const { handles, dids, storedDidOf } = options;
  return {
    isRemembered: handles.isRemembered,
    resolve: async (handle, caller) => {
      const resolved = await handles.resolve(handle, caller);
      if (resolved !== undefined) return resolved;
      const did = await storedDidOf(handle);
      const answer = did === undefined ? undefined : await dids.get(did, caller);
      return answer?.kind === 'found' && answer.document.handle === handle ? did : undefined;
    },
  };
}

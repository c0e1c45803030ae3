import type { DidDirectory, Handles } from '@updraft/identity';

/**
 * Handles of a network whose names are in no DNS, such as the simulated one: what `handles` can't resolve is looked for among
 * the handles that events have told, and must stand in the DID's document.
 */
export function withKnownHandles(options: {
  handles: Handles;
  dids: DidDirectory;
  didOfHandle: (handle: string) => Promise<string | undefined>;
}): Handles {
  const { handles, dids, didOfHandle } = options;
  return {
    isRemembered: handles.isRemembered,
    resolve: async (handle, caller) => {
      const resolved = await handles.resolve(handle, caller);
      if (resolved !== undefined) return resolved;
      const did = await didOfHandle(handle);
      const answer = did === undefined ? undefined : await dids.get(did, caller);
      return answer?.kind === 'found' && answer.document.handle === handle ? did : undefined;
    },
  };
}

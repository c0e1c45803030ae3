import type { DidDirectory, Handles } from '@updraft/identity';

/**
 * Handles of a network whose names are in no DNS, such as the simulated one: what `handles` can't resolve is looked for among
 * the handles that events have told, and must stand in the DID's document.
 */
export function withKnownHandles(options: {
  handles: Handles;
  dids: DidDirectory;
  didsByHandle: (handle: string) => Promise<string[]>;
}): Handles {
  const { handles, dids, didsByHandle } = options;
  return {
    isRemembered: handles.isRemembered,
    resolve: async (handle, caller) => {
      const resolved = await handles.resolve(handle, caller);
      if (resolved !== undefined) return resolved;
      for (const did of await didsByHandle(handle)) {
        const answer = await dids.get(did, caller);
        if (answer.kind === 'found' && answer.document.handle === handle) return did;
      }
      return undefined;
    },
  };
}

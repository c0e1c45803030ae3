import type { WorldEvent } from './world/event.ts';

/** The accounts' present handles, by their identity events. */
export interface HandleBook {
  note(event: WorldEvent): void;
  handleOf(did: string): string | undefined;
}

const HANDLE = /"handle":"([a-z0-9-]+(?:\.[a-z0-9-]+)+)"/;

export function createHandleBook(): HandleBook {
  const handles = new Map<string, string>();
  return {
    note({ did, tail }) {
      if (!tail.startsWith(',"kind":"identity"')) return;
      const handle = HANDLE.exec(tail)?.[1];
      if (handle !== undefined) handles.set(did, handle);
    },
    handleOf: (did) => handles.get(did),
  };
}

import type { WorldEvent } from '../world/event.ts';
import { createLabeler, type LabelerOptions, type LabelerServer } from './labeler.ts';
import { createLabelling } from './labelling.ts';

/** A labeler that says of a world's events what it has to say of them. */
export interface WorldLabeler extends Pick<LabelerServer, 'did' | 'document' | 'listen' | 'close'> {
  note(event: WorldEvent): void;
}

export function createWorldLabeler(options: LabelerOptions): WorldLabeler {
  const { did, document, say, listen, close } = createLabeler(options);
  const labelsOf = createLabelling(options.seed);
  let said: Promise<unknown> = Promise.resolve();
  return {
    did,
    document,
    note: (event) => {
      for (const label of labelsOf(event)) said = say(label);
    },
    // Before it knows its own last label it would take a reader's place for one in the future.
    listen: async (host, port) => {
      await said;
      return listen(host, port);
    },
    close,
  };
}

import { PdsError } from '@updraft/repository';
import type { PdsReply } from '../pds/pds-client.ts';
import type { RecordPlace, Sessions } from '../pds/sessions.ts';

export const FIRST_SECRET = 'secret 0';

interface FakeSessionOptions {
  /** Does something, unless the process is killed before or after. */
  readonly step: <T>(act: () => T) => Promise<T>;
  /** Whoever uses an old secret ends the session, as OAuth servers have it; servers of app passwords take old ones for a while. */
  readonly isStrict: boolean;
  /** Whether the session has to be renewed before the next call. */
  readonly mustRenew: () => boolean;
  readonly deleteRecords: (writes: readonly RecordPlace[]) => Promise<PdsReply>;
}

/** A session whose secret is renewed each time that a job opens it, and when a test says so. */
export function createFakeSession({ step, isStrict, mustRenew, deleteRecords }: FakeSessionOptions): Sessions['open'] {
  let [valid, isOver] = [0, false];
  return async (holder, save) => {
    let { secret } = holder;
    const renew = async () => {
      secret = await step(() => {
        isOver ||= isStrict && secret !== `secret ${valid}`;
        if (isOver) throw new PdsError('unauthorized', 'the session is over');
        return `secret ${++valid}`;
      });
      await save(secret);
    };
    await renew();
    return {
      deleteRecords: async (writes) => {
        if (mustRenew()) await renew();
        return deleteRecords(writes);
      },
    };
  };
}

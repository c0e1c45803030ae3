import { PdsError } from '@updraft/repository';

export const FIRST_SECRET = 'secret 0';

type Save = (secret: string) => Promise<void>;

/**
 * A session whose secret is renewed each time that a job opens it, and when a test says so. Where it `isStrict`, whoever uses an old
 * secret ends it, as OAuth servers have it; servers of app passwords take old ones for a while.
 */
export function createFakeSession(step: <T>(act: () => T) => Promise<T>, isStrict: boolean) {
  let [valid, isOver] = [0, false];
  const renew = async (secret: string, save: Save): Promise<string> => {
    const next = await step(() => {
      isOver ||= isStrict && secret !== `secret ${valid}`;
      if (isOver) throw new PdsError('unauthorized', 'the session is over');
      return `secret ${++valid}`;
    });
    await save(next);
    return next;
  };
  return {
    open: async (held: string, save: Save): Promise<{ readonly renew: () => Promise<void> }> => {
      let secret = await renew(held, save);
      return {
        renew: async () => {
          secret = await renew(secret, save);
        },
      };
    },
  };
}

import { type Call, type Forwarded, handOn, type Intercept } from './dev-network.ts';

/** Ways in which a server does with deletions what it should not; everything else it does as it should. */

const APPLY_WRITES = 'com.atproto.repo.applyWrites';

export interface Write {
  readonly collection: string;
  readonly rkey: string;
}

/** What happens to a call for deletions. */
type OnWrites = (call: Call, writes: readonly Write[]) => Promise<void>;

/** The calls for deletions that came, by the number of their writes, and the answer to each. */
export function misbehave(onWrites: OnWrites): { intercept: Intercept; sizes: number[] } {
  const sizes: number[] = [];
  return {
    sizes,
    intercept: async (call) => {
      if (call.method !== APPLY_WRITES) return handOn(call);
      const { writes } = call.json() as { writes: Write[] };
      sizes.push(writes.length);
      await onWrites(call, writes);
    },
  };
}

/** Answers 500 whenever one of these is in the batch, as a PDS does for a record that it can't delete. */
export const failsOn =
  (...rkeys: readonly string[]): OnWrites =>
  async (call, writes) =>
    writes.some(({ rkey }) => rkeys.includes(rkey)) ? call.answer(reply(500)) : handOn(call);

/** Takes at most so many writes a call. */
export const takesAtMost =
  (most: number, status: number): OnWrites =>
  async (call, writes) =>
    writes.length > most ? call.answer(reply(status, 'InvalidRequest')) : handOn(call);

/** Answers 200 and writes nothing, or all but these. */
export const liesAbout =
  (...rkeys: readonly string[]): OnWrites =>
  async (call, writes) => {
    const done = writes.filter(({ rkey }) => rkeys.length > 0 && !rkeys.includes(rkey));
    const body = call.json() as object;
    call.answer(done.length === 0 ? reply(200) : await call.forward({ ...body, writes: done }));
  };

/** Deletes, and answers 500. */
export const deletesButFails =
  (isSo: () => boolean): OnWrites =>
  async (call) => {
    const answer = await call.forward();
    call.answer(isSo() ? reply(500) : answer);
  };

export const answers =
  (status: number): OnWrites =>
  async (call) =>
    call.answer(reply(status, 'SomethingWrong'));

function reply(status: number, error = 'InternalServerError'): Forwarded {
  return { status, headers: {}, body: Buffer.from(status === 200 ? '{}' : JSON.stringify({ error })) };
}

import { SetupError } from '@updraft/service';
import { createLeases, type Lease, type Redis } from '@updraft/store';
import { isProcessAlive, readLeaseOwner } from './lease-owner.ts';

const TTL_MS = 10_000;

/** The right to be the only process of a name; given back when disposed. @throws SetupError, a sentence about `what`, while another has it. */
export async function holdAlone(redis: Redis, name: string, what: string): Promise<Lease & AsyncDisposable> {
  const leases = createLeases({
    redis,
    prefix: '',
    whenUnreachable: 'keep',
    fences: 'count',
    owner: await readLeaseOwner(process.pid),
    ttlMs: TTL_MS,
    isAlive: isProcessAlive,
  });
  const lease = await leases.acquire(`${name}:lease`);
  if (lease !== undefined) return { ...lease, [Symbol.asyncDispose]: () => lease.release() };
  throw new SetupError(
    `${what} is running already, or was killed less than ${TTL_MS / 1000} s ago. Wait for its end, or stop it: the next run goes on where it was`,
  );
}

import type { ServiceIdentity } from '@updraft/feeds';
import { type Asked, ask } from './ask.ts';
import { type Finding, ok, skipped, wrong } from './finding.ts';

/** A token lives for a minute: with more than half of it, viewers are refused. */
const MAX_SKEW_MS = 30_000;
const TODO = 'let it be set by NTP (timedatectl set-ntp true): viewers are refused, and builds miss posts';

/** Compares the clocks of the service and of this machine with that of the PLC directory. */
export async function checkClocks({ endpoint }: ServiceIdentity, plcHost: string): Promise<Finding[]> {
  const [service, directory] = await Promise.all([ask(`${endpoint}/.well-known/did.json`), ask(`${plcHost}/`)]);
  const reference = aheadOf(directory);
  const measured = aheadOf(service);
  if (reference === undefined) {
    const here = skipped('clock of this machine', `${plcHost} tells no time`, 'set PLC_HOST, or try again later');
    return [here, skew('clock of the service', measured, 'this machine')];
  }
  const there = measured === undefined ? undefined : measured - reference;
  return [skew('clock of this machine', -reference, plcHost), skew('clock of the service', there, plcHost)];
}

function aheadOf(asked: Asked): number | undefined {
  return 'fault' in asked ? undefined : asked.aheadMs;
}

function skew(check: string, aheadMs: number | undefined, than: string): Finding {
  if (aheadMs === undefined) return skipped(check, 'the service tells no time');
  const seconds = Math.round(Math.abs(aheadMs) / 1000);
  if (Math.abs(aheadMs) <= MAX_SKEW_MS) return ok(check, `differs by ${seconds} s from that of ${than}`);
  return wrong(check, `is ${seconds} s ${aheadMs > 0 ? 'ahead of' : 'behind'} that of ${than}`, TODO);
}

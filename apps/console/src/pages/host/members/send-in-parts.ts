import type { BulkMembersAnswer } from '@updraft/console-api/views';
import type { RequestError } from '../../../data/request.ts';

/** What became of an account; `unsent` when its part did not reach the server. */
export type Outcome = BulkMembersAnswer['results'][number]['outcome'] | 'unsent';

export interface Line {
  readonly account: string;
  readonly did?: string | undefined;
  readonly outcome: Outcome;
}

export interface Sent {
  readonly lines: readonly Line[];
  /** Why it ended before the last part. */
  readonly error: RequestError | undefined;
}

interface SendOptions {
  readonly parts: readonly (readonly string[])[];
  /** @throws RequestError */
  readonly send: (accounts: readonly string[]) => Promise<BulkMembersAnswer>;
  readonly wait: (seconds: number) => Promise<void>;
  readonly signal: AbortSignal;
  readonly onLines: (lines: readonly Line[]) => void;
}

const TRIES = 5;
const WAIT_S = 5;

/** Sends part after part. While the server is busy or away it waits and sends the same part again: nobody is added twice. */
export async function sendInParts({ parts, send, wait, signal, onLines }: SendOptions): Promise<Sent> {
  const lines: Line[] = [];
  let error: RequestError | undefined;
  for (const part of parts) {
    const results = error === undefined && !signal.aborted ? await sendPart(part) : undefined;
    lines.push(...(results ?? part.map((account) => ({ account, outcome: 'unsent' as const }))));
    onLines([...lines]);
  }
  return { lines, error };

  async function sendPart(part: readonly string[]): Promise<readonly Line[] | undefined> {
    for (let tries = 1; !signal.aborted; tries++)
      try {
        return (await send(part)).results;
      } catch (cause) {
        const failed = cause as RequestError;
        if (tries >= TRIES || !isForAMoment(failed)) {
          error = failed;
          return undefined;
        }
        await wait(failed.retryAfterS ?? WAIT_S);
      }
    return undefined;
  }
}

function isForAMoment({ status }: RequestError): boolean {
  return status === 0 || status === 429 || status >= 502;
}

/** The lines as text for a spreadsheet. */
export function linesAsText(lines: readonly Line[]): string {
  return lines.map(({ account, did, outcome }) => [account, did ?? '', outcome].join('\t')).join('\n');
}

/** How many lines have each outcome. */
export function countOutcomes(lines: readonly Line[]): ReadonlyMap<Outcome, number> {
  const counts = new Map<Outcome, number>();
  for (const { outcome } of lines) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return counts;
}

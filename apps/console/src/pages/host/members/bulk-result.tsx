import { useState } from 'preact/hooks';
import { formatCount } from '../../../data/format.ts';
import { countOutcomes, linesAsText, type Outcome, type Sent } from './send-in-parts.ts';

const WORDS: Record<Outcome, string> = {
  added: 'added',
  already: 'were members already',
  unknown: 'no such account',
  malformed: 'not an account',
  unreachable: 'could not be looked up now',
  unsent: 'not sent',
};
/** What may go well another time. */
const AGAIN: readonly Outcome[] = ['unreachable', 'unsent'];
const SHOWN = 200;

/** What became of each account: those that need a look stand in the page, all of them go into the copy. */
export function BulkResult({
  sent: { lines },
  onAgain,
}: {
  sent: Sent;
  onAgain: (accounts: readonly string[]) => void;
}) {
  const open = lines.filter(({ outcome }) => outcome !== 'added' && outcome !== 'already');
  const again = lines.filter(({ outcome }) => AGAIN.includes(outcome)).map(({ account }) => account);
  return (
    <>
      <ul class="sums">
        {[...countOutcomes(lines)].map(([outcome, count]) => (
          <li key={outcome}>
            <strong>{formatCount(count)}</strong> {WORDS[outcome]}
          </li>
        ))}
      </ul>
      {open.length === 0 ? null : (
        <div class="scroll lines" tabIndex={0} role="region" aria-label="Accounts that were not added">
          <table>
            <tbody>
              {open.slice(0, SHOWN).map(({ account, outcome }) => (
                <tr key={account}>
                  <td>
                    <bdi>{account}</bdi>
                  </td>
                  <td>{WORDS[outcome]}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {open.length > SHOWN ? <p class="quiet">{formatCount(open.length - SHOWN)} more are in the copy.</p> : null}
      <p class="buttons start">
        <CopyButton text={linesAsText(lines)} title="Copy all lines" />
        {again.length === 0 ? null : (
          <button type="button" onClick={() => onAgain(again)}>
            Try {formatCount(again.length)} again
          </button>
        )}
      </p>
    </>
  );
}

/** Copies a text, and says so. Browsers allow it on https and on this machine only; else the text is shown to be copied by hand. */
export function CopyButton({ text, title }: { text: string; title: string }) {
  const [state, setState] = useState<'idle' | 'copied' | 'refused'>('idle');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setState('copied');
    } catch {
      setState('refused');
    }
  };
  return (
    <>
      <button type="button" onClick={() => void copy()}>
        {title}
      </button>
      <span role="status" class="quiet">
        {state === 'copied' ? 'Copied.' : ''}
      </span>
      {state === 'refused' ? <textarea readOnly aria-label={title} rows={4} value={text} /> : null}
    </>
  );
}

import { formatCount } from '../../../data/format.ts';
import { Button } from '../../../parts/button.tsx';
import { CopyButton } from '../frame/copy-button.tsx';
import { countOutcomes, type Line, linesAsText, type Outcome, type Sent } from './send-in-parts.ts';

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
      <OpenLines lines={open} />
      <p class="actions start">
        <CopyButton text={linesAsText(lines)} title="Copy all lines" />
        {again.length === 0 ? null : (
          <Button onClick={() => onAgain(again)}>Try {formatCount(again.length)} again</Button>
        )}
      </p>
    </>
  );
}

function OpenLines({ lines }: { lines: readonly Line[] }) {
  if (lines.length === 0) return null;
  return (
    <>
      <div class="scroll lines" tabIndex={0} role="region" aria-label="Accounts that were not added">
        <table>
          <tbody>
            {lines.slice(0, SHOWN).map(({ account, outcome }) => (
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
      {lines.length > SHOWN ? <p class="quiet">{formatCount(lines.length - SHOWN)} more are in the copy.</p> : null}
    </>
  );
}

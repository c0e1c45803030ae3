import type { BulkMembersAnswer } from '@updraft/console-api/views';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { formatCount } from '../../../data/format.ts';
import { useApi } from '../../../data/session.tsx';
import { ActionError } from '../../../parts/action-error.tsx';
import { Button } from '../../../parts/button.tsx';
import { Dialog } from '../../../parts/dialog.tsx';
import { BulkResult } from './bulk-result.tsx';
import { inParts, type Pasted, readPastedAccounts } from './paste-accounts.ts';
import { type Line, type Sent, sendInParts } from './send-in-parts.ts';

/** As the server takes them (MAX_BULK_MEMBERS). */
const PART_SIZE = 500;
const MAX_ACCOUNTS = 50_000;

interface BulkPasteProps {
  readonly feed: string;
  readonly onClose: () => void;
  readonly onAdded: () => void;
}

/** Adds all accounts of a pasted text. */
export function BulkPaste({ feed, onClose, onAdded }: BulkPasteProps) {
  const [text, setText] = useState('');
  const pasted = useMemo(() => readPastedAccounts(text), [text]);
  const sending = useSending(feed, onAdded);
  const { lines, sent, total } = sending;
  const isTooMany = pasted.accounts.length > MAX_ACCOUNTS;
  return (
    <Dialog title="Add many members" onClose={onClose}>
      {total === undefined ? (
        <PasteBox text={text} pasted={pasted} isTooMany={isTooMany} onText={setText} />
      ) : (
        <Progress done={lines.length} total={total} isOver={sent !== undefined} />
      )}
      <ActionError error={sent?.error} />
      {sent === undefined ? null : <BulkResult sent={sent} onAgain={(accounts) => void sending.send(accounts)} />}
      <div class="actions">
        <Button onClick={onClose}>{total === undefined ? 'Back' : sent === undefined ? 'Stop' : 'Close'}</Button>
        {total === undefined ? (
          <Button
            kind="primary"
            isDisabled={pasted.accounts.length === 0 || isTooMany}
            onClick={() => void sending.send(pasted.accounts)}
          >
            Add {pasted.accounts.length === 0 ? '' : formatCount(pasted.accounts.length)}
          </Button>
        ) : null}
      </div>
    </Dialog>
  );
}

interface PasteBoxProps {
  readonly text: string;
  readonly pasted: Pasted;
  readonly isTooMany: boolean;
  readonly onText: (text: string) => void;
}

function PasteBox({ text, pasted, isTooMany, onText }: PasteBoxProps) {
  return (
    <>
      <label class="field wide">
        Handles, DIDs or addresses of profiles, with anything between them
        <textarea rows={8} spellcheck={false} value={text} onInput={(event) => onText(event.currentTarget.value)} />
      </label>
      <p class="quiet" role="status">
        {isTooMany ? `At most ${formatCount(MAX_ACCOUNTS)} at once, please.` : describePasted(pasted)}
      </p>
    </>
  );
}

function useSending(feed: string, onAdded: () => void) {
  const { sendJson } = useApi();
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [sent, setSent] = useState<Sent>();
  const [total, setTotal] = useState<number>();
  const stop = useRef(new AbortController());
  useEffect(() => () => stop.current.abort(), []);
  const send = async (accounts: readonly string[]): Promise<void> => {
    const { signal } = stop.current;
    setTotal(accounts.length);
    setLines([]);
    setSent(undefined);
    const result = await sendInParts({
      parts: inParts(accounts, PART_SIZE),
      send: (part) =>
        sendJson<BulkMembersAnswer>(
          'POST',
          '/api/admin/feed_members/bulk',
          { feedName: feed, accounts: part },
          { signal },
        ),
      wait: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
      signal,
      onLines: setLines,
    });
    setSent(result);
    onAdded();
  };
  return { lines, sent, total, send };
}

function Progress({ done, total, isOver }: { done: number; total: number; isOver: boolean }) {
  return (
    <>
      <progress max={total} value={done} aria-label="Accounts sent" />
      <p class="quiet" role="status">
        {isOver ? 'Done: ' : ''}
        {formatCount(done)} of {formatCount(total)}
      </p>
    </>
  );
}

function describePasted({ accounts, repeated, tooLong }: Pasted): string {
  if (accounts.length === 0) return 'No account yet.';
  const parts = Math.ceil(accounts.length / PART_SIZE);
  return [
    `${formatCount(accounts.length)} ${accounts.length === 1 ? 'account' : 'accounts'}`,
    parts > 1 ? `sent in ${parts} parts` : '',
    repeated > 0 ? `${formatCount(repeated)} named again` : '',
    tooLong.length > 0 ? `${formatCount(tooLong.length)} too long to be an account` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}

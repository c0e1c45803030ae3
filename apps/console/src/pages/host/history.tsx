import './history/history.css';
import { useEffect, useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { useLive } from '../../data/use-live.ts';
import { Button } from '../../parts/button.tsx';
import { Notice } from '../../parts/notice.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { type Row, Table } from '../../parts/table.tsx';
import { HostPage } from './frame/host-page.tsx';
import { hostPath } from './frame/host-path.ts';
import { LongText } from './frame/long-text.tsx';
import { NamedText } from './frame/named-text.tsx';
import { Pager } from './frame/pager.tsx';
import { actionWords } from './history/action-words.ts';

interface Entry {
  readonly at: string;
  readonly feed: string;
  readonly action: string;
  readonly subject: string;
  readonly subjectHandle: string;
  readonly changedBy: string;
  readonly changedByHandle: string;
  readonly note: string;
}

const PAGE_SIZE = 50;
const EVERY_MS = 30_000;
const COLUMNS = [{ title: 'When' }, { title: 'What' }, { title: 'Whom or which' }, { title: 'By' }, { title: 'Note' }];

/** What was done to a feed and its members, by whom and why. */
export default function History() {
  return (
    <HostPage title="History" need="moderator">
      {(feed) => <HistoryOf key={feed} feed={feed} />}
    </HostPage>
  );
}

function HistoryOf({ feed }: { feed: string }) {
  const { query } = useLocation();
  const subject = query['subject'] ?? '';
  const page = Math.max(1, Math.trunc(Number(query['page'])) || 1);
  const asked = new URLSearchParams({ feedName: feed, subject, page: `${page}`, limit: `${PAGE_SIZE}` });
  const { value, error } = useLive<{ readonly entries: readonly Entry[] }>(`/api/admin/audit_log?${asked}`, EVERY_MS);
  const to = (change: Readonly<Record<string, string>>): string =>
    hostPath(feed, '/history', { ...(subject !== '' && { subject }), ...change });
  return (
    <>
      <SubjectForm feed={feed} subject={subject} />
      <Notice error={error} hasValue={value !== undefined} />
      {value === undefined ? (
        <p class="quiet">{error === undefined ? 'Loading …' : ''}</p>
      ) : (
        <div class="history">
          <Table
            label="History"
            columns={COLUMNS}
            rows={value.entries.map((entry, index) => rowOf(feed, entry, index))}
            none={subject === '' ? 'Nothing was done yet.' : 'Nothing is known about this account or post.'}
          />
        </div>
      )}
      <Pager page={page} hasMore={value?.entries.length === PAGE_SIZE} to={(number) => to({ page: `${number}` })} />
    </>
  );
}

function rowOf(feed: string, entry: Entry, index: number): Row {
  const { at, action, subject, changedBy, note } = entry;
  return {
    key: `${at} ${index}`,
    cells: [
      <RelativeTime iso={at} />,
      actionWords(action),
      subject === '' ? null : (
        <a href={hostPath(feed, '/history', { subject })}>
          <NamedText text={subject} handle={entry.subjectHandle} />
        </a>
      ),
      <NamedText text={changedBy} handle={entry.changedByHandle} />,
      note === '' ? null : <LongText text={note} />,
    ],
  };
}

function SubjectForm({ feed, subject }: { feed: string; subject: string }) {
  const { route } = useLocation();
  const [text, setText] = useState(subject);
  useEffect(() => setText(subject), [subject]);
  const ask = (of: string): void => route(hostPath(feed, '/history', of === '' ? {} : { subject: of }));
  return (
    <form
      class="search"
      role="search"
      onSubmit={(event) => {
        event.preventDefault();
        ask(text.trim());
      }}
    >
      <label class="unseen" for="history-subject">
        Of one account or post
      </label>
      <input
        id="history-subject"
        type="search"
        autoComplete="off"
        autoCapitalize="none"
        spellcheck={false}
        maxLength={2_048}
        placeholder="Of one account (its DID) or post (its at-uri)"
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit">Show</Button>
      {subject === '' ? null : <Button onClick={() => ask('')}>Show all</Button>}
    </form>
  );
}

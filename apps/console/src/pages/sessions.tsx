import type { SessionEntry } from '@updraft/console-api/views';
import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { signInPath, useApi, useSession } from '../data/session.tsx';
import { tameName } from '../data/tame.ts';
import { useLive } from '../data/use-live.ts';
import { Button } from '../parts/button.tsx';
import { Confirm } from '../parts/confirm.tsx';
import { EmptyState } from '../parts/empty-state.tsx';
import { Notice } from '../parts/notice.tsx';
import { Page } from '../parts/page.tsx';
import { RelativeTime } from '../parts/relative-time.tsx';
import { Table } from '../parts/table.tsx';

/** The sessions of who is signed in, in any browser; each can be ended. */
export default function Sessions() {
  const { session, isKnown, error } = useSession();
  const { url } = useLocation();
  if (session !== undefined) return <OwnSessions />;
  return (
    <Page title="Sessions">
      {isKnown ? (
        <EmptyState title="Nobody is signed in here">
          <a class="button primary" href={signInPath(url)}>
            Sign in
          </a>
        </EmptyState>
      ) : (
        <Notice error={error} hasValue={false} />
      )}
    </Page>
  );
}

function OwnSessions() {
  const { value, error, reload } = useLive<{ sessions: SessionEntry[] }>('/console/api/sessions', 30_000);
  const { reload: reloadSession } = useSession();
  const { sendJson } = useApi();
  const [ending, setEnding] = useState<SessionEntry | 'all'>();
  const end = async (which: SessionEntry | 'all'): Promise<void> => {
    const query = which === 'all' ? '' : `?${new URLSearchParams({ id: which.id })}`;
    await sendJson('DELETE', `/console/api/sessions${query}`);
    await (which === 'all' || which.isThis ? reloadSession() : reload());
  };
  return (
    <Page
      title="Sessions"
      lead="Where you are signed in. End one that you don’t know, and change your password at your account’s server then."
      actions={<Button onClick={() => setEnding('all')}>End all</Button>}
    >
      <Notice error={error} hasValue={value !== undefined} />
      {value === undefined ? null : <SessionTable sessions={value.sessions} onEnd={setEnding} />}
      {ending === undefined ? null : (
        <Confirm
          title={ending === 'all' ? 'End all sessions?' : 'End this session?'}
          action="End"
          onConfirm={() => end(ending)}
          onClose={() => setEnding(undefined)}
        >
          {ending === 'all' || ending.isThis
            ? 'You are signed out here, too, and can sign in again at once.'
            : 'That browser is signed out at its next request.'}
        </Confirm>
      )}
    </Page>
  );
}

interface SessionTableProps {
  readonly sessions: readonly SessionEntry[];
  readonly onEnd: (session: SessionEntry) => void;
}

function SessionTable({ sessions, onEnd }: SessionTableProps) {
  return (
    <Table
      label="Your sessions"
      columns={[{ title: 'Browser' }, { title: 'Begun' }, { title: 'Last used' }, { title: 'End' }]}
      rows={sessions.map((session) => ({
        key: session.id,
        cells: [
          <Browser key="browser" session={session} />,
          <RelativeTime key="begun" iso={session.createdAt} />,
          <RelativeTime key="used" iso={session.lastSeenAt} />,
          <Button key="end" onClick={() => onEnd(session)}>
            End<span class="unseen"> the session in {browserName(session.browser)}</span>
          </Button>,
        ],
      }))}
      none="There is no session."
    />
  );
}

function Browser({ session: { browser, isThis } }: { session: SessionEntry }) {
  return (
    <>
      <bdi>{browserName(browser)}</bdi>
      {isThis ? <span class="quiet"> · this one</span> : null}
    </>
  );
}

const NAMES = [
  ['Edg/', 'Edge'],
  ['Firefox/', 'Firefox'],
  ['Chrome/', 'Chrome'],
  ['Safari/', 'Safari'],
] as const;
const SYSTEMS = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac OS X', 'Linux'];

/** What the browser says of itself, in two words where it is one of the usual ones. */
function browserName(agent: string): string {
  const name = NAMES.find(([mark]) => agent.includes(mark))?.[1];
  if (name === undefined) return tameName(agent) || 'unknown';
  const system = SYSTEMS.find((one) => agent.includes(one));
  return system === undefined ? name : `${name} on ${system === 'Mac OS X' ? 'Mac' : system}`;
}

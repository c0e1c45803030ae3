import './overview/overview.css';
import { kindWords } from '../../data/feed-kinds.ts';
import { Notice } from '../../parts/notice.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Tile } from '../../parts/tile.tsx';
import { useHostFeeds } from './data/use-host-feeds.ts';
import { HostPage } from './frame/host-page.tsx';
import { ByDay } from './overview/by-day.tsx';
import { ByPosition } from './overview/by-position.tsx';
import { ByVariant } from './overview/by-variant.tsx';

/** A feed at a glance: how it stands now, and what its readers did in the last 30 days. */
export default function Overview() {
  return (
    <HostPage title="Overview" need="moderator">
      {(feed) => (
        <>
          <Now feed={feed} />
          <ByDay feed={feed} />
          <ByPosition feed={feed} />
          <ByVariant feed={feed} />
        </>
      )}
    </HostPage>
  );
}

function Now({ feed }: { feed: string }) {
  const { feeds, error } = useHostFeeds();
  const now = feeds?.find(({ alias }) => alias === feed);
  return (
    <>
      <Notice error={error} hasValue={feeds !== undefined} />
      <dl class="tiles">
        <Tile title="Members" value={now?.members} />
        <Tile title="Requests waiting" value={now?.waiting} />
        <Tile title="Viewers today" value={now?.viewersToday} />
        <div class="tile">
          <dt>Built</dt>
          <dd>{now?.builtAt === undefined ? <span class="wait">–</span> : <RelativeTime iso={now.builtAt} />}</dd>
        </div>
      </dl>
      {now === undefined ? null : (
        <p class="quiet">
          It has {kindWords(now.kind)}, for {AUDIENCES[now.audience] ?? now.audience}.
        </p>
      )}
    </>
  );
}

const AUDIENCES: Readonly<Record<string, string>> = {
  everyone: 'everyone',
  'signed-in': 'signed-in viewers',
  members: 'its members',
};

import { kindWords } from '../../data/feed-kinds.ts';
import { formatCount } from '../../data/format.ts';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { type Column, type Row, Table } from '../../parts/table.tsx';
import { type HostFeed, useHostFeeds } from './data/use-host-feeds.ts';
import { hostPath } from './frame/host-path.ts';

const COLUMNS: readonly Column[] = [
  { title: 'Feed' },
  { title: 'Members', isNumber: true },
  { title: 'Requests waiting', isNumber: true },
  { title: 'Viewers today', isNumber: true },
  { title: 'Audience' },
  { title: 'Built' },
];

const AUDIENCES: Readonly<Record<string, string>> = { 'signed-in': 'signed-in readers' };

/** The feeds of which the reader is a host or moderator. */
export default function MyFeeds() {
  const { feeds, error } = useHostFeeds();
  return (
    <Page title="Your feeds">
      <Notice error={error} hasValue={feeds !== undefined} />
      {feeds === undefined ? (
        <p class="quiet">{error === undefined ? 'Loading …' : ''}</p>
      ) : (
        <Table
          label="Your feeds"
          columns={COLUMNS}
          rows={feeds.map(rowOf)}
          none="You are a host of no feed here. Hosts and moderators stand in a feed’s entry of feeds.yaml."
        />
      )}
    </Page>
  );
}

function rowOf({ alias, title, role, kind, audience, members, waiting, viewersToday, builtAt }: HostFeed): Row {
  return {
    key: alias,
    cells: [
      <>
        <a href={hostPath(alias)}>
          <bdi>{title}</bdi>
        </a>{' '}
        <span class="quiet">
          {title === alias ? '' : `${alias} · `}
          {kindWords(kind)}
          {role === 'moderator' ? ' · you moderate it' : ''}
        </span>
      </>,
      formatCount(members),
      waiting === undefined ? (
        '–'
      ) : waiting === 0 ? (
        '0'
      ) : (
        <a href={hostPath(alias, '/requests')}>{formatCount(waiting)}</a>
      ),
      formatCount(viewersToday),
      AUDIENCES[audience] ?? audience,
      builtAt === undefined ? '–' : <RelativeTime iso={builtAt} />,
    ],
  };
}

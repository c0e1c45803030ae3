import { formatAge, formatCount, formatTime } from '../../data/format.ts';
import { Notice } from '../../parts/notice.tsx';
import { useTitle } from '../../parts/use-title.ts';
import { type HostFeed, useHostFeeds } from './data/use-host-feeds.ts';
import { hostPath } from './frame/feed-tabs.tsx';
import { SignedIn } from './frame/host-page.tsx';

/** The feeds of which the reader is a host or moderator. */
export default function MyFeeds() {
  useTitle('Your feeds');
  return (
    <SignedIn>
      {() => (
        <>
          <h1>Your feeds</h1>
          <FeedTable />
        </>
      )}
    </SignedIn>
  );
}

function FeedTable() {
  const { feeds, error } = useHostFeeds();
  return (
    <>
      <Notice error={error} hasValue={feeds !== undefined} />
      {feeds === undefined ? <p class="quiet">{error === undefined ? 'Loading …' : ''}</p> : null}
      {feeds?.length === 0 ? (
        <p>
          You are a host of no feed here. Whoever runs this service names hosts and moderators in{' '}
          <code>feeds.yaml</code>.
        </p>
      ) : null}
      {feeds === undefined || feeds.length === 0 ? null : (
        <div class="scroll">
          <table class="stacks">
            <thead>
              <tr>
                <th scope="col">Feed</th>
                <th scope="col" class="number">
                  Members
                </th>
                <th scope="col" class="number">
                  Requests waiting
                </th>
                <th scope="col" class="number">
                  Viewers today
                </th>
                <th scope="col">Audience</th>
                <th scope="col">Built</th>
              </tr>
            </thead>
            <tbody>
              {feeds.map((feed) => (
                <FeedRow key={feed.alias} feed={feed} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function FeedRow({ feed }: { feed: HostFeed }) {
  const { alias, kind, audience, members, waiting, viewersToday, builtAt } = feed;
  return (
    <tr>
      <th scope="row">
        <a href={hostPath(alias)}>
          <bdi>{alias}</bdi>
        </a>{' '}
        <span class="quiet">{kind}</span>
      </th>
      <td class="number" data-title="Members">
        {formatCount(members)}
      </td>
      <td class="number" data-title="Requests waiting">
        {waiting === 0 ? '0' : <a href={hostPath(alias, '/requests')}>{formatCount(waiting)}</a>}
      </td>
      <td class="number" data-title="Viewers today">
        {formatCount(viewersToday)}
      </td>
      <td data-title="Audience">{audience}</td>
      <td data-title="Built">
        {builtAt === undefined ? (
          '–'
        ) : (
          <time dateTime={builtAt} title={formatTime(builtAt)}>
            {formatAge(builtAt)}
          </time>
        )}
      </td>
    </tr>
  );
}

import './requests/requests.css';
import { useLocation } from 'preact-iso';
import { HostPage } from './frame/host-page.tsx';
import { hostPath } from './frame/host-path.ts';
import { readState, STATES } from './requests/actions.ts';
import { RequestList } from './requests/request-list.tsx';

/** Who asks to become a member, and how all others stand. */
export default function Requests() {
  const { query, route } = useLocation();
  const state = readState(query['state']);
  const page = Math.max(1, Math.trunc(Number(query['page'])) || 1);
  return (
    <HostPage title="Requests" need="moderator">
      {(feed) => (
        <>
          <div class="tools">
            <label>
              Show{' '}
              <select
                value={state}
                onChange={(event) => route(hostPath(feed, '/requests', { state: event.currentTarget.value }))}
              >
                {Object.entries(STATES).map(([value, { title }]) => (
                  <option key={value} value={value}>
                    {title}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <RequestList key={`${feed} ${state} ${page}`} feed={feed} state={state} page={page} />
        </>
      )}
    </HostPage>
  );
}

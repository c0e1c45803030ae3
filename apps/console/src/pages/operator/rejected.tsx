import type { RejectedEvents } from '@updraft/console-api/views';
import { useLocation } from 'preact-iso';
import { formatCount } from '../../data/format.ts';
import { useLive } from '../../data/use-live.ts';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { EarlierEvents } from './earlier-events.tsx';
import { EventList } from './event-list.tsx';
import './operator.css';

/** Events that were set aside, by reason. The address holds the reason. */
export default function Rejected() {
  const { query } = useLocation();
  const reason = query.reason ?? '';
  const path = `/console/api/operator/rejected${reason === '' ? '' : `?${new URLSearchParams({ reason })}`}`;
  const { value, error } = useLive<RejectedEvents>(path, 15_000);
  return (
    <Page
      title="Rejected events"
      tabTitle="Rejected"
      lead="Events that could not be indexed and were set aside, the newest first."
    >
      <Notice error={error} hasValue={value !== undefined} />
      {value === undefined ? (
        error === undefined ? (
          <p class="quiet">Asking …</p>
        ) : null
      ) : (
        <>
          <Reasons reasons={value.reasons} chosen={reason} />
          {value.events.length === 0 ? (
            <p class="quiet">{reason === '' ? 'No event was set aside.' : 'No event was set aside for this reason.'}</p>
          ) : (
            <EventList events={value.events} />
          )}
          <EarlierEvents key={reason} path={path} first={value} />
        </>
      )}
    </Page>
  );
}

function Reasons({ reasons, chosen }: { reasons: RejectedEvents['reasons']; chosen: string }) {
  const all = reasons.reduce((sum, { count }) => sum + count, 0);
  const items = [{ reason: '', count: all }, ...reasons];
  if (!items.some(({ reason }) => reason === chosen)) items.push({ reason: chosen, count: 0 });
  return (
    <nav class="sub-nav" aria-label="Reasons, with their events of 24 hours">
      {items.map(({ reason, count }) => {
        const to = `/console/operator/rejected${reason === '' ? '' : `?${new URLSearchParams({ reason })}`}`;
        return (
          <a key={reason} href={to} aria-current={reason === chosen ? 'page' : undefined}>
            <bdi>{reason === '' ? 'All of 24 hours' : reason}</bdi> <span class="quiet">{formatCount(count)}</span>
          </a>
        );
      })}
    </nav>
  );
}

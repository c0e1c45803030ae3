import type { AlertsState } from '@updraft/console-api/views';
import { useLive } from '../../data/use-live.ts';
import { EmptyState } from '../../parts/empty-state.tsx';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Table } from '../../parts/table.tsx';
import { GrafanaLink } from './grafana-link.tsx';
import { Mark } from './mark.tsx';
import './operator.css';

/** The alerts that fire, or are about to. */
export default function Alerts() {
  const { value, error } = useLive<AlertsState>('/console/api/operator/alerts', 15_000);
  return (
    <Page title="Alerts" actions={<GrafanaLink />}>
      <Notice error={error} hasValue={value !== undefined} />
      {value === undefined ? (
        error === undefined ? (
          <p class="quiet">Asking …</p>
        ) : null
      ) : (
        <Found state={value} isFresh={error === undefined} />
      )}
    </Page>
  );
}

function Found({ state: { isPrometheusSet, alerts }, isFresh }: { state: AlertsState; isFresh: boolean }) {
  if (!isPrometheusSet)
    return (
      <EmptyState title="No Prometheus is set">
        <p>Set PROMETHEUS_ORIGIN of the search service to see here which alerts fire.</p>
      </EmptyState>
    );
  if (alerts.length === 0)
    return isFresh ? (
      <EmptyState title="No alert fires">
        <p>Prometheus answers, and none of its rules is broken.</p>
      </EmptyState>
    ) : null;
  return <Firing alerts={alerts} />;
}

function Firing({ alerts }: { alerts: AlertsState['alerts'] }) {
  return (
    <Table
      label="Alerts"
      columns={[{ title: 'Alert' }, { title: 'State' }, { title: 'Since' }, { title: 'What' }]}
      rows={alerts.map(({ name, severity, state, since, summary, description }) => ({
        key: `${name} ${since} ${summary}`,
        cells: [
          <strong key="name">
            <bdi>{name}</bdi>
          </strong>,
          <Mark key="state" kind={state === 'firing' ? 'bad' : 'warn'}>
            {severity === '' ? state : `${state}, ${severity}`}
          </Mark>,
          <RelativeTime key="since" iso={since} />,
          <>
            <bdi>{summary}</bdi>
            {description === '' ? null : (
              <p class="hint">
                <bdi>{description}</bdi>
              </p>
            )}
          </>,
        ],
      }))}
      none=""
    />
  );
}

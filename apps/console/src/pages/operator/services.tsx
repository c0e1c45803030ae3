import type { ServicesState } from '@updraft/console-api/views';
import { formatCount } from '../../data/format.ts';
import { useLive } from '../../data/use-live.ts';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Table } from '../../parts/table.tsx';
import { GrafanaLink } from './grafana-link.tsx';
import { Mark } from './mark.tsx';
import { factsOf } from './service-facts.ts';
import { Stores } from './stores.tsx';
import './operator.css';

/** What runs: processes and their versions, builds of feeds, stores. */
export default function Services() {
  const { value, error } = useLive<ServicesState>('/console/api/operator/services', 10_000);
  return (
    <Page title="Services" actions={<GrafanaLink />}>
      <Notice error={error} hasValue={value !== undefined} />
      {value === undefined ? (
        error === undefined ? (
          <p class="quiet">Asking …</p>
        ) : null
      ) : (
        <>
          <Processes state={value} />
          <Stores state={value} />
          <Builds state={value} />
        </>
      )}
    </Page>
  );
}

function Processes({ state: { services } }: { state: ServicesState }) {
  const commits = new Set(services.map(({ commit }) => commit));
  return (
    <>
      <h2>Processes of the last minute</h2>
      {commits.size > 1 ? (
        <p class="notice">They run different commits: a deployment is under way, or was not finished.</p>
      ) : null}
      <Table
        label="Processes"
        columns={[
          { title: 'Service' },
          { title: 'Version' },
          { title: 'Started' },
          { title: 'Heard of' },
          { title: 'Of itself' },
        ]}
        rows={services.map((service) => ({
          key: `${service.name} ${service.instance}`,
          cells: [
            <span key="name" class="one-line" title={service.instance}>
              {service.name}
            </span>,
            <bdi key="version">
              {service.version} {service.commit.slice(0, 8)}
            </bdi>,
            <RelativeTime key="started" iso={service.startedAt} />,
            <RelativeTime key="seen" iso={service.seenAt} />,
            <Facts key="facts" facts={service.facts} />,
          ],
        }))}
        none="No process has told of itself in the last minute."
      />
    </>
  );
}

function Facts({ facts }: { facts: ServicesState['services'][number]['facts'] }) {
  return (
    <dl class="facts">
      {factsOf(facts).map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <bdi>{value}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Builds({ state: { builds } }: { state: ServicesState }) {
  return (
    <>
      <h2>Builds of feeds</h2>
      <Table
        label="Builds of feeds"
        columns={[
          { title: 'Feed' },
          { title: 'Built' },
          { title: 'Posts', isNumber: true },
          { title: 'Took', isNumber: true },
        ]}
        rows={builds.map(({ feed, builtAt, posts, seconds }) => ({
          key: feed,
          cells: [
            <bdi key="feed">{feed}</bdi>,
            builtAt === undefined ? (
              <Mark key="built" kind="warn">
                not yet
              </Mark>
            ) : (
              <RelativeTime key="built" iso={builtAt} />
            ),
            formatCount(posts),
            seconds === undefined ? '–' : `${formatCount(Math.round(seconds * 100) / 100)} s`,
          ],
        }))}
        none="No feed generator tells of its builds."
      />
    </>
  );
}

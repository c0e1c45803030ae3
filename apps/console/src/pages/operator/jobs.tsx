import type { JobsState } from '@updraft/console-api/views';
import { formatCount, formatTime } from '../../data/format.ts';
import { useLive } from '../../data/use-live.ts';
import { Notice } from '../../parts/notice.tsx';
import { Page } from '../../parts/page.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Table } from '../../parts/table.tsx';
import { Mark } from './mark.tsx';
import './operator.css';

/** Clean-ups of accounts, and long work of the services. */
export default function Jobs() {
  const { value, error } = useLive<JobsState>('/console/api/operator/jobs', 5_000);
  return (
    <Page title="Jobs">
      <Notice error={error} hasValue={value !== undefined} />
      {value === undefined ? (
        error === undefined ? (
          <p class="quiet">Asking …</p>
        ) : null
      ) : (
        <>
          <Work work={value.work} />
          <Cleanups cleanups={value.cleanups} />
        </>
      )}
    </Page>
  );
}

function Work({ work }: { work: JobsState['work'] }) {
  return (
    <>
      <h2>Long-running work</h2>
      <Table
        label="Long-running work"
        columns={[{ title: 'What' }, { title: 'State' }, { title: 'How far' }, { title: 'Last step' }]}
        rows={work.map(({ name, detail, isDone, updatedAt }) => ({
          key: name,
          cells: [
            <bdi key="name">{name}</bdi>,
            <Mark key="state" kind={isDone ? 'good' : 'warn'}>
              {isDone ? 'done' : 'under way'}
            </Mark>,
            <bdi key="detail">{detail}</bdi>,
            <RelativeTime key="updated" iso={updatedAt} />,
          ],
        }))}
        none="None is under way."
      />
    </>
  );
}

type CleanupOfJobs = JobsState['cleanups'][number];

function Cleanups({ cleanups }: { cleanups: JobsState['cleanups'] }) {
  return (
    <>
      <h2>Clean-ups</h2>
      <Table
        label="Clean-ups"
        columns={[
          { title: 'Account' },
          { title: 'State' },
          { title: 'Deleted', isNumber: true },
          { title: 'Left', isNumber: true },
          { title: 'Begun' },
          { title: 'Last step' },
        ]}
        rows={cleanups.map((job) => ({
          key: job.jobId,
          cells: [
            <bdi key="repo" title={job.jobId}>
              {job.repo}
            </bdi>,
            <State key="state" job={job} />,
            formatCount(job.deleted),
            formatCount(job.remaining),
            formatTime(job.startedAt),
            <RelativeTime key="updated" iso={job.updatedAt} />,
          ],
        }))}
        none="Nobody has cleaned up here yet."
      />
    </>
  );
}

function State({ job: { state, error, nextRunAt } }: { job: CleanupOfJobs }) {
  const kind = state === 'failed' ? 'bad' : state === 'waiting' ? 'warn' : state === 'running' ? 'good' : 'quiet';
  return (
    <>
      <Mark kind={kind}>{state}</Mark> <bdi>{error}</bdi>
      {state === 'waiting' && nextRunAt !== undefined ? ` until ${formatTime(nextRunAt)}` : ''}
    </>
  );
}

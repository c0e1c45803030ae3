import type { CleanupJobView } from '@updraft/console-api/views';
import { formatCount, formatTime } from '../../data/format.ts';
import { Table } from '../../parts/table.tsx';
import { typesInWords } from './cleanup-words.ts';

const STATES = { completed: 'done', cancelled: 'cancelled', failed: 'failed' } as const;

/** The clean-ups of before. */
export function EndedJobs({ jobs }: { jobs: readonly CleanupJobView[] }) {
  if (jobs.length === 0) return null;
  return (
    <section>
      <h2>Earlier clean-ups</h2>
      <Table
        label="Earlier clean-ups"
        columns={[{ title: 'Begun' }, { title: 'Of' }, { title: 'Deleted', isNumber: true }, { title: 'Ended' }]}
        rows={jobs.map((job) => ({
          key: job.job_id,
          cells: [
            job.created_at === null ? '' : formatTime(job.created_at),
            typesInWords(job.cleanup_types),
            formatCount(job.num_deleted),
            <Ended key="ended" job={job} />,
          ],
        }))}
        none=""
      />
    </section>
  );
}

function Ended({ job: { job_state: state, state_reason: reason } }: { job: CleanupJobView }) {
  const word = state in STATES ? STATES[state as keyof typeof STATES] : state;
  return <bdi>{reason === '' ? word : `${word}: ${reason}`}</bdi>;
}

import type { CleanupJobView } from '@updraft/console-api/views';
import { formatCount, formatTime } from '../../data/format.ts';
import { postPage } from '../../data/post.ts';
import { Counts } from '../../parts/counts.tsx';
import { Table } from '../../parts/table.tsx';
import { REASON_WORDS, REASONS, typesInWords } from './cleanup-words.ts';
import { isEnded } from './job-words.ts';

/** What the job was asked to do, what it kept, and what it could not delete. */
export function JobReport({ job }: { job: CleanupJobView }) {
  const kept = REASONS.filter((reason) => (job.num_kept[reason] ?? 0) > 0);
  return (
    <>
      <p class="quiet">
        {isEnded(job) ? 'It was to delete' : 'It deletes'} {typesInWords(job.cleanup_types)}
        {job.delete_older_than === null ? '' : ` from before ${formatTime(job.delete_older_than)}`}
        {kept.length === 0 ? '.' : '; some of them stay:'}
      </p>
      <Counts
        counts={kept.map((reason) => ({ key: reason, name: REASON_WORDS[reason], count: job.num_kept[reason] ?? 0 }))}
        none=""
      />
      {job.not_deleted.length === 0 ? null : <NotDeleted job={job} />}
    </>
  );
}

function NotDeleted({ job }: { job: CleanupJobView }) {
  return (
    <>
      <h3>Could not be deleted</h3>
      <Table
        label="Records that could not be deleted"
        columns={[{ title: 'Record' }, { title: 'Why' }, { title: 'Tries', isNumber: true }]}
        rows={job.not_deleted.map(({ uri, reason, num_tries: tries }) => ({
          key: uri,
          cells: [<RecordLink key="record" uri={uri} />, <bdi key="why">{reason}</bdi>, formatCount(tries)],
        }))}
        none=""
      />
    </>
  );
}

function RecordLink({ uri }: { uri: string }) {
  const page = postPage(uri);
  if (page === undefined) return <bdi>{uri}</bdi>;
  return (
    <a href={page} rel="noreferrer nofollow" target="_blank">
      <bdi>{uri}</bdi>
    </a>
  );
}

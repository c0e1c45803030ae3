import type { CleanupJobView } from '@updraft/console-api/views';
import { useState } from 'preact/hooks';
import { formatCount } from '../../data/format.ts';
import { useApi } from '../../data/session.tsx';
import { Button } from '../../parts/button.tsx';
import { Confirm } from '../../parts/confirm.tsx';

interface CancelJobProps {
  readonly job: CleanupJobView;
  readonly reload: () => Promise<unknown>;
}

/** The button that stops a clean-up, which asks once more. */
export function CancelJob({ job, reload }: CancelJobProps) {
  const [isAsking, setAsking] = useState(false);
  const { sendJson } = useApi();
  return (
    <>
      <Button onClick={() => setAsking(true)}>Cancel the clean-up</Button>
      {isAsking ? (
        <Confirm
          title="Cancel the clean-up?"
          action="Cancel it"
          isDangerous
          onClose={() => setAsking(false)}
          onConfirm={async () => {
            await sendJson('DELETE', `/repo/cleanup?${new URLSearchParams({ job_id: job.job_id })}`);
            await reload();
          }}
        >
          <p>
            {formatCount(job.num_deleted)} records are deleted and do not come back. The rest stays. The batch that is
            under way may still go.
          </p>
        </Confirm>
      ) : null}
    </>
  );
}

import type { FeedSettingsView } from '@updraft/console-api/views';
import { useState } from 'preact/hooks';
import { Button } from '../../../parts/button.tsx';
import { Confirm } from '../../../parts/confirm.tsx';
import { RelativeTime } from '../../../parts/relative-time.tsx';
import { Table } from '../../../parts/table.tsx';

const COLUMNS = [{ title: 'Setting' }, { title: 'feeds.yaml' }, { title: 'Saved here' }];

interface OverridesProps {
  readonly present: FeedSettingsView;
  readonly onBack: () => Promise<unknown>;
}

/** What lies over feeds.yaml, by whom, and the way back. */
export function Overrides({ present, onBack }: OverridesProps) {
  const { overrides, fault, changedBy = '', changedAt = '' } = present;
  const [isAsking, setAsking] = useState(false);
  if (overrides.length === 0) return null;
  return (
    <section aria-label="What is saved beside feeds.yaml" class="overrides">
      <h3>Saved beside feeds.yaml</h3>
      {fault === undefined ? null : (
        <p class="notice">
          <strong>What was saved is set aside, and feeds.yaml holds:</strong> <bdi>{fault}</bdi>
        </p>
      )}
      <Table
        label="What is saved beside feeds.yaml"
        columns={COLUMNS}
        rows={overrides.map(({ setting, declared, saved }) => ({
          key: setting,
          cells: [<code>{setting}</code>, <Value text={declared} />, <Value text={saved} />],
        }))}
        none=""
      />
      <p class="quiet">
        <RelativeTime iso={changedAt} />, by <bdi>{changedBy}</bdi>
      </p>
      <Button onClick={() => setAsking(true)}>Back to what feeds.yaml says</Button>
      {isAsking ? (
        <Confirm title="Back to feeds.yaml?" action="Go back" onConfirm={onBack} onClose={() => setAsking(false)}>
          <p>What is saved here no longer counts, and the feed is built as feeds.yaml says. The history keeps it.</p>
        </Confirm>
      ) : null}
    </section>
  );
}

function Value({ text }: { text: string | undefined }) {
  return text === undefined ? <span class="quiet">not set</span> : <bdi>{text}</bdi>;
}

import type { RejectedEvents } from '@updraft/console-api/views';
import { useState } from 'preact/hooks';
import { useApi } from '../../data/session.tsx';
import { useAction } from '../../data/use-action.ts';
import { ActionError } from '../../parts/action-error.tsx';
import { Button } from '../../parts/button.tsx';
import { EventList } from './event-list.tsx';

interface EarlierEventsProps {
  /** Of the first page. */
  readonly path: string;
  readonly first: RejectedEvents;
}

/** Page by page, the events before those of the first page. */
export function EarlierEvents({ path, first }: EarlierEventsProps) {
  const { getJson } = useApi();
  const [pages, setPages] = useState<readonly RejectedEvents[]>([]);
  const last = pages.at(-1) ?? first;
  const { run, isBusy, error } = useAction(async (cursor: string) => {
    const query = `${path.includes('?') ? '&' : '?'}${new URLSearchParams({ cursor })}`;
    const page = await getJson<RejectedEvents>(`${path}${query}`);
    setPages((known) => [...known, page]);
  });
  const shown = new Set(first.events.map(({ id }) => id));
  const events = pages.flatMap((page) => page.events).filter(({ id }) => !shown.has(id));
  const { cursor } = last;
  return (
    <>
      <EventList events={events} />
      <ActionError error={error} />
      {cursor === undefined ? null : (
        <Button isBusy={isBusy} onClick={() => void run(cursor)}>
          Show earlier ones
        </Button>
      )}
    </>
  );
}

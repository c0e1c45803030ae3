import type { RejectedEvents } from '@updraft/console-api/views';
import { useState } from 'preact/hooks';
import { formatTime } from '../../data/format.ts';
import { Button } from '../../parts/button.tsx';
import { Bytes } from '../../parts/bytes.tsx';
import { prettyJson, visible } from './pretty-json.ts';

type RejectedEvent = RejectedEvents['events'][number];

/** Each event in a line, which unfolds. What is in it is a stranger's: text only. */
export function EventList({ events }: { events: readonly RejectedEvent[] }) {
  return (
    <>
      {events.map((event) => (
        <EventItem key={event.id} event={event} />
      ))}
    </>
  );
}

function EventItem({ event }: { event: RejectedEvent }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="event" onToggle={(toggle) => setOpen(toggle.currentTarget.open)}>
      <summary>
        <time dateTime={event.at}>{formatTime(event.at)}</time>
        <strong>
          <bdi>{event.reason}</bdi>
        </strong>
        <bdi class="quiet">{event.collection === '' ? event.kind : event.collection}</bdi>
      </summary>
      {isOpen ? <EventBody event={event} /> : null}
    </details>
  );
}

function EventBody({ event: { detail, did, kind, json, bytes } }: { event: RejectedEvent }) {
  const [said, setSaid] = useState('');
  const copy = (): void => {
    navigator.clipboard.writeText(json).then(
      () => setSaid('Copied.'),
      () => setSaid('The browser does not allow copying: select the text instead.'),
    );
  };
  return (
    <div class="event-body">
      <dl class="event-facts">
        <dt>Why</dt>
        <dd>
          <bdi>{visible(detail)}</bdi>
        </dd>
        <dt>Account</dt>
        <dd>
          <bdi>{did}</bdi>
        </dd>
        <dt>Kind</dt>
        <dd>
          <bdi>{kind}</bdi>
        </dd>
        <dt>Size</dt>
        <dd>
          <Bytes bytes={bytes} />
        </dd>
      </dl>
      <pre dir="auto" tabIndex={0} aria-label="The event as it came">
        {prettyJson(json)}
      </pre>
      <Button onClick={copy}>Copy as it came</Button> <span role="status">{said}</span>
    </div>
  );
}

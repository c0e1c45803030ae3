import { createFrameBuffer, createFrameWriter } from '../../wire/frames.ts';
import type { Weather } from '../conditions.ts';
import type { Subscriber } from '../deliver.ts';
import type { EventLog } from '../event-log.ts';
import { type Filter, underWeather } from '../filter.ts';
import { filteredEventOf } from '../filtered-event.ts';
import { framesOf, type Stretch } from '../stretch.ts';
import type { Reader } from './protocol.ts';

/** A reader of v1, which is not shown `#sync`s and what follows them. */
export function v1Subscriber({ channel, filter }: Reader, log: EventLog, weather: () => Weather): Subscriber {
  return {
    channel,
    select: (stretch) => select(stretch, log, underWeather(filter(), weather())),
    frameOf: createFrameWriter(),
    cut: async () => channel.close(TRY_AGAIN_LATER, 'too slow'),
  };
}

const TRY_AGAIN_LATER = 1013;

function select(stretch: Stretch, log: EventLog, filter: Filter): Buffer {
  if (filter.passesAll && log.visibility.hidesNothing()) return stretch.frames;
  const selected = createFrameBuffer(stretch.frames.length + 16);
  for (const [i, line] of framesOf(stretch).entries())
    if (
      log.visibility.onlyOf(stretch.firstSeq + i) !== 'v2' &&
      (filter.passesAll || filter.passes(filteredEventOf(line)))
    )
      selected.appendText(line);
  return selected.take();
}

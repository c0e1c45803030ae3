import type { Channel } from '../../wire/channel.ts';
import { BINARY_FRAME, createFrameBuffer } from '../../wire/frames.ts';
import type { Weather } from '../conditions.ts';
import type { Subscriber } from '../deliver.ts';
import type { EventLog } from '../event-log.ts';
import { type Filter, underWeather } from '../filter.ts';
import { filteredEventOf } from '../filtered-event.ts';
import { framesOf } from '../stretch.ts';
import { createFrameTextWriter, errorText } from './frame-text.ts';

export interface V2Reader {
  readonly channel: Channel;
  readonly filter: Filter;
  /** Compresses a frame for this reader; undefined where it wants text. */
  readonly compress: ((text: string) => Buffer) | undefined;
}

/** A reader of `subscribeEvents`, which is shown every event that a server can store. */
export function v2Subscriber(
  { channel, filter, compress }: V2Reader,
  log: EventLog,
  weather: () => Weather,
): Subscriber {
  const textOf = createFrameTextWriter();
  const frames = createFrameBuffer();
  const append = (text: string) => {
    if (compress === undefined) frames.appendText(text);
    else frames.appendBytes(compress(text), BINARY_FRAME);
  };
  const frameOf = (text: string) => {
    append(text);
    return frames.take();
  };
  return {
    channel,
    frameOf,
    select(stretch) {
      const wanted = underWeather(filter, weather());
      for (const [i, line] of framesOf(stretch).entries()) {
        if (log.visibility.onlyOf(stretch.firstSeq + i) === 'v1') continue;
        const text = textOf(line);
        // The limit on the size is one on the frame as a whole.
        if (wanted.passesAll || wanted.passes({ ...filteredEventOf(line), byteLength: Buffer.byteLength(text) }))
          append(text);
      }
      return frames.take();
    },
    async cut() {
      await channel.send(frameOf(errorText('ConsumerTooSlow', 'the reader is too far behind')));
      channel.close(1000, 'ConsumerTooSlow');
    },
  };
}

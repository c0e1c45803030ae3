import { createTimeWriter } from '../../world/iso-time.ts';

const HEAD = /^\{"did":"([^"\\]*)","time_us":(\d+),"cursor":(\d+),"kind":"(commit|identity|account|sync)",/;
const TYPE = 'network.bsky.jetstream.subscribeEvents#';
const COMMIT = '"commit":{';

/** Writes a host's line as v2 has the event. A create after a `#sync` looks like any other. */
export function createFrameTextWriter(): (line: string) => string {
  const writeTime = createTimeWriter();
  return (line) => {
    const [head = '', did, timeUs, seq, kind] = HEAD.exec(line) ?? [];
    if (head === '') throw new TypeError(`v2 has no frame for ${line.slice(0, 100)}`);
    const micros = Number(timeUs);
    const time = `${writeTime(micros / 1_000).slice(0, -1)}${String(micros % 1_000).padStart(3, '0')}Z`;
    // A commit's fields belong to the payload; the other kinds keep theirs below their name.
    const content = kind === 'commit' ? line.slice(head.length + COMMIT.length, -2) : line.slice(head.length, -1);
    return messageText(`${TYPE}${kind}`, `"seq":${seq},"did":"${did}","time":"${time}",${content}`);
  };
}

/** A notice that is not an event. */
export function infoText(name: string, message: string): string {
  return messageText(`${TYPE}info`, `"name":"${name}","message":${JSON.stringify(message)}`);
}

/** The last frame of a stream that the server ends. */
export function errorText(error: string, message: string): string {
  return JSON.stringify({ $type: 'error', error, message });
}

function messageText(type: string, fields: string): string {
  return `{"$type":"message","payload":{"$type":"${type}",${fields}}}`;
}

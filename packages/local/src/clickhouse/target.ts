import { randomUUID } from 'node:crypto';

/** What a request asks for. */
export interface Target {
  readonly path: string;
  /** `user`, `password` and `query_id`, the first of each. */
  readonly search: URLSearchParams;
  readonly queryId: string;
  /** Path and query byte for byte, but without user and password, and with an id for the query. */
  readonly forEngine: string;
}

export function readTarget(url: string): Target {
  const whole = url.replace(/^https?:\/\/[^/?]*/i, ''); // a proxy's client sends the whole address
  const [given = '', ...rest] = whole.split('?');
  const path = given || '/';
  const pairs = rest.join('?').split('&');
  const search = new URLSearchParams(OURS.flatMap((ours) => pairs.find((pair) => ours.test(pair)) ?? []).join('&'));
  const queryId = search.get('query_id') || randomUUID();
  const kept = pairs.filter((pair) => pair !== '' && !OURS.some((ours) => ours.test(pair)));
  const asked = [...kept, `query_id=${encodeURIComponent(queryId)}`].join('&');
  return { path, search, queryId, forEngine: `${path}?${asked}` };
}

/** Match the pairs that the front reads, escaped or not, without decoding any: an address may have half a million pairs. */
const OURS = ['user', 'password', 'query_id'].map((name) => new RegExp(`^${spellings(name)}(?:=|$)`));

function spellings(name: string): string {
  return name.replace(/./g, (letter) => {
    const [high = '', low = ''] = letter.charCodeAt(0).toString(16);
    return `(?:${letter}|%${high}[${low}${low.toUpperCase()}])`;
  });
}

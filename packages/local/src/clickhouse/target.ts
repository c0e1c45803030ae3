import { randomUUID } from 'node:crypto';

/** What a request asks for. */
export interface Target {
  readonly path: string;
  /** `user`, `password` and `query_id`, the first of each. */
  readonly search: URLSearchParams;
  readonly queryId: string;
  /** Path and query as they came, byte for byte, but without the password and with an id for the query. */
  readonly forEngine: string;
}

export function readTarget(url: string): Target {
  const whole = url.replace(/^https?:\/\/[^/?]*/i, ''); // a proxy's client sends the whole address
  const [path = '', ...rest] = whole.split('?');
  const pairs = rest.join('?').split('&');
  const search = new URLSearchParams(OURS.flatMap((ours) => pairs.find((pair) => ours.test(pair)) ?? []).join('&'));
  const queryId = search.get('query_id') || randomUUID();
  const kept = pairs.filter((pair) => pair !== '' && !OURS.some((ours) => ours.test(pair)));
  const asked = [...kept, `query_id=${encodeURIComponent(queryId)}`].join('&');
  return { path: path === '' ? '/' : path, search, queryId, forEngine: `${path === '' ? '/' : path}?${asked}` };
}

/** Pairs of the front's names, escaped or not. No pair is decoded to find them: an address may have half a million. */
const OURS = ['user', 'password', 'query_id'].map((name) => new RegExp(`^${spellings(name)}(?:=|$)`));

function spellings(name: string): string {
  return name.replace(/./g, (letter) => {
    const [high = '', low = ''] = letter.charCodeAt(0).toString(16);
    return `(?:${letter}|%${high}[${low}${low.toUpperCase()}])`;
  });
}

import { randomUUID } from 'node:crypto';

/** What a request asks for. */
export interface Target {
  readonly path: string;
  readonly search: URLSearchParams;
  readonly queryId: string;
  /** Path and query as they came, byte for byte, but without the password and with an id for the query. */
  readonly forEngine: string;
}

export function readTarget(url: string): Target {
  const whole = url.replace(/^https?:\/\/[^/?]*/i, ''); // a proxy's client sends the whole address
  const [path = '', ...rest] = whole.split('?');
  const query = rest.join('?');
  const search = new URLSearchParams(query);
  const queryId = search.get('query_id') || randomUUID();
  const kept = query
    .split('&')
    .filter((pair) => pair !== '' && !['user', 'password', 'query_id'].includes(nameOf(pair)));
  const asked = [...kept, `query_id=${encodeURIComponent(queryId)}`].join('&');
  return { path: path === '' ? '/' : path, search, queryId, forEngine: `${path === '' ? '/' : path}?${asked}` };
}

function nameOf(pair: string): string {
  return new URLSearchParams(pair).keys().next().value ?? '';
}

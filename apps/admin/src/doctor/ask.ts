import { parseJson } from '@updraft/service';

/** What a server answered, or why it did not. */
export type Asked = Answer | { readonly fault: string };

export interface Answer {
  readonly status: number;
  /** JSON; undefined for anything else. */
  readonly body: unknown;
  /** How far the server's clock is ahead of this one, within a second or two; undefined without a Date. */
  readonly aheadMs: number | undefined;
}

const TIMEOUT_MS = 10_000;

/** GET. Never rejects. A redirect is a fault: nobody who asks for a feed follows one. */
export async function ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Asked> {
  const askedAt = Date.now();
  try {
    const response = await fetch(url, { headers, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    const answeredAt = Date.now();
    const date = Date.parse(response.headers.get('date') ?? '');
    const aheadMs = Number.isNaN(date) ? undefined : date + 500 - (askedAt + answeredAt) / 2;
    return { status: response.status, body: parseJson(await response.text()), aheadMs };
  } catch (error) {
    return { fault: reasonOf(error) };
  }
}

/** fetch() hides what happened in the cause. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message || String(error.cause) : error.message;
}

/** `404 NotFound: there is nothing at this path`, of an answer that is an error. */
export function describeAnswer({ status, body }: Answer): string {
  const { error, message } = fieldsOf(body);
  return [String(status), error, message].filter((part) => typeof part === 'string').join(' ');
}

/** The name of an XRPC error; undefined for any other answer. */
export function errorName({ body }: Answer): string | undefined {
  const { error } = fieldsOf(body);
  return typeof error === 'string' ? error : undefined;
}

/** The fields of a JSON object; none of anything else. */
export function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body } : {};
}

/** The objects of a JSON array. */
export function objectsOf(value: unknown): Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

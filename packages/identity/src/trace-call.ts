import { inSpan } from '@updraft/service';

/** Makes a call of another host a span of the trace that it belongs to, if any: which host, and how it answered, but not what was asked. */
export function traceCall(
  input: string | URL | Request,
  method: string | undefined,
  call: () => Promise<Response>,
): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input);
  const verb = method ?? (input instanceof Request ? input.method : 'GET');
  const attributes = { 'http.request.method': verb, 'server.address': url.hostname };
  return inSpan(`${verb} ${url.hostname}`, { kind: 'client', attributes }, async (span) => {
    const response = await call();
    span?.setAttribute('http.response.status_code', response.status);
    return response;
  });
}

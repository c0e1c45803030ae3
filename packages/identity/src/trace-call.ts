import { inSpan } from '@updraft/service';

/** Makes a request to another host a span of the active trace. The span has the host and the status, but not the path or query. */
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

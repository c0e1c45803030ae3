import { type ClientOptions, WebSocket } from 'ws';

/** A WebSocket connection that ends once, with an outcome. */
export interface Socket<Outcome> {
  readonly ws: WebSocket;
  /** Ends it with this outcome, unless it has ended. */
  end(outcome: Outcome): void;
  /** Aborted at its end. */
  readonly ended: AbortSignal;
  readonly outcome: Promise<Outcome>;
}

/** Opens a connection, which the signal ends with the outcome `stopped`. */
export function openSocket<Outcome>(
  url: string,
  options: Pick<ClientOptions, 'maxPayload' | 'handshakeTimeout'>,
  stopped: Outcome,
  signal: AbortSignal,
): Socket<Outcome> {
  const { promise: outcome, resolve } = Promise.withResolvers<Outcome>();
  const ending = new AbortController();
  const ws = new WebSocket(url, { ...OPTIONS, ...options });
  const end = (of: Outcome): void => {
    if (ending.signal.aborted) return;
    ending.abort();
    ws.removeAllListeners();
    ws.on('error', () => {}); // what a socket reports after its end
    ws.terminate();
    resolve(of);
  };
  if (signal.aborted) end(stopped);
  else signal.addEventListener('abort', () => end(stopped), { signal: ending.signal });
  return { ws, end, ended: ending.signal, outcome };
}

const OPTIONS: ClientOptions = {
  // Servers refuse an offer of deflate together with zstd, and deflate costs a core.
  perMessageDeflate: false,
  // A frame with invalid UTF-8 must not end the connection: it would come again after every resume.
  skipUTF8Validation: true,
};

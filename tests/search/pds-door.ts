import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TestNetworkNoAppView } from '@atproto/dev-env';

/** A request on its way into the PDS itself, which knows its own address: OAuth's proofs name it, so nobody may stand between. */
export interface Knock {
  /** `/xrpc/com.atproto.repo.applyWrites`, `/oauth/token`, … */
  readonly path: string;
  readonly method: string;
  readonly response: ServerResponse;
  /** Lets it in. */
  pass(): void;
  /** Lets it in; the caller's connection breaks when the answer is ready, which `then` is told. */
  passButLoseAnswer(then?: () => void): void;
}

/** Watches what comes into a PDS; gives a function that changes what is done with each request. */
export function watchDoor({ pds }: TestNetworkNoAppView): (watch: (knock: Knock) => void) => void {
  const { server } = pds.server;
  if (server === undefined) throw new Error('the PDS does not listen');
  let watch = ({ pass }: Knock) => pass();
  const handlers = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const pass = () => {
      for (const handle of handlers) handle.call(server, request, response);
    };
    watch({
      path: new URL(request.url ?? '', pds.url).pathname,
      method: request.method ?? '',
      response,
      pass,
      passButLoseAnswer: (then = () => {}) => {
        response.end = (() => {
          then();
          response.destroy();
          return response;
        }) as typeof response.end;
        pass();
      },
    });
  });
  return (next) => {
    watch = next;
  };
}

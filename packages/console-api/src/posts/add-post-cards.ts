import {
  callerKey,
  createRateLimit,
  createTurns,
  type HttpServer,
  LimitError,
  NotEnoughResourcesError,
  RateLimitExceededError,
} from '@updraft/service';
import { type ClickHouse, SEARCH_BUDGET, withCallOptions } from '@updraft/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SignIn } from '../sign-in/sign-in.ts';
import { MAX_CARDS, postCards } from '../views/post-card.ts';
import { readCards } from './read-cards.ts';

export interface PostCardsDeps {
  readonly clickhouse: ClickHouse;
  /** Undefined where nobody can sign in. */
  readonly signIn: SignIn | undefined;
}

const uri = z.string().max(2_048);
const schema = {
  summary: 'Posts as people see them, by their at-uris; without those that show no more',
  querystring: z.object({
    uris: z
      .union([uri.transform((one) => [one]), z.array(uri).max(MAX_CARDS)], {
        error: `expected at most ${MAX_CARDS} at-uris, each as its own parameter uris`,
      })
      .describe(`At-uris, ${MAX_CARDS} at the most`),
  }),
  response: { 200: postCards },
};
const TIMEOUT_MS = 10_000;

/** GET /console/api/posts. Each post is looked up by its key; few requests at once, and few of one caller. */
export function addPostCards(app: HttpServer, { clickhouse, signIn }: PostCardsDeps): void {
  const limit = createRateLimit({ burst: 30, perSecond: 5 });
  const turns = createTurns({ atOnce: 4, perCaller: 2, presentPerCaller: 6, maxWaiting: 32, what: 'posts' });
  app.get('/console/api/posts', { schema, config: { errors: [RateLimitExceededError] } }, async (request, reply) => {
    const caller = callerKey(request.ip);
    if (!limit.take(caller)) throw new LimitError('caller', 'five requests a second are allowed', 2);
    const isSignedIn = await isAnybodySignedIn(signIn, request);
    const signal = callerSignal(reply);
    const reader = withCallOptions(clickhouse, { settings: SEARCH_BUDGET, signal });
    const posts = await turns.run(caller, () => readCards(reader, request.query.uris, { isSignedIn }), signal);
    reply.header('cache-control', 'private, no-store');
    return { posts };
  });
}

/** While nobody can tell who asks, nobody is signed in: fewer posts show. */
async function isAnybodySignedIn(signIn: SignIn | undefined, request: FastifyRequest): Promise<boolean> {
  try {
    return (await signIn?.who(request)) !== undefined;
  } catch (error) {
    if (error instanceof NotEnoughResourcesError) return false;
    throw error;
  }
}

function callerSignal(reply: FastifyReply): AbortSignal {
  const gone = new AbortController();
  reply.raw.once('close', () => gone.abort(new DOMException('the caller has gone', 'AbortError')));
  return AbortSignal.any([gone.signal, AbortSignal.timeout(TIMEOUT_MS)]);
}

import {
  alertsState,
  ingestState,
  jobsState,
  rejectedEvents,
  servicesState,
  storageState,
} from '@updraft/console-api/views';
import {
  AuthenticationRequiredError,
  atMostOnce,
  type ErrorKind,
  ForbiddenError,
  type HttpServer,
  NotFoundError,
} from '@updraft/service';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { SearchContext } from '../context.ts';
import type { OperatorAnswers } from '../operator/operator-answers.ts';

const PATH = '/console/api/operator';
const short = atMostOnce.max(200).optional();

/** GET /console/api/operator/…: what the service's own people see, in a session of an operator. */
export function operator(app: HttpServer, { signIn, operator: answers }: SearchContext): void {
  void app.register((routes: HttpServer, _options, done) => {
    routes.addHook('onRequest', async (_request, reply) => void reply.header('cache-control', 'no-store'));
    routes.addHook('preValidation', operatorsOnly(signIn));
    addAnswers(routes, answers);
    done();
  });
}

function addAnswers(routes: HttpServer, answers: OperatorAnswers): void {
  const serve = <Shape extends z.ZodType>(
    name: string,
    summary: string,
    shape: Shape,
    read: () => Promise<z.output<Shape>>,
  ) => {
    const response: { readonly 200: z.ZodType } = { 200: shape };
    const schema = { summary, security: SESSION, response };
    routes.get(`${PATH}/${name}`, { schema, config: { errors: ERRORS } }, async () => read());
  };
  serve('ingest', 'Hosts of the stream, and gaps with their healing', ingestState, answers.ingest);
  const querystring = z.object({ reason: short, cursor: short });
  const summary = 'Events that were set aside, the newest first, and their reasons';
  const schema = { summary, security: SESSION, querystring, response: { 200: rejectedEvents } };
  routes.get(`${PATH}/rejected`, { schema, config: { errors: ERRORS } }, async ({ query }) => answers.rejected(query));
  serve('storage', 'Tables and disks, their growth, and when a disk will be full', storageState, answers.storage);
  serve('services', "Processes, feeds' builds, and the databases", servicesState, answers.services);
  serve('jobs', 'Clean-ups, and other work that takes long', jobsState, answers.jobs);
  serve('alerts', 'Alerts of the Prometheus that is set', alertsState, answers.alerts);
}

const ERRORS: readonly ErrorKind[] = [AuthenticationRequiredError, ForbiddenError, NotFoundError];
const SESSION = [{ session: [] }];

function operatorsOnly(signIn: SearchContext['signIn']) {
  return async (request: FastifyRequest): Promise<void> => {
    if (signIn === undefined) throw new NotFoundError('this service runs without the console');
    const who = await signIn.who(request);
    if (who === undefined) throw new AuthenticationRequiredError('sign in first');
    if (!who.roles.isOperator) throw new ForbiddenError('this is for operators (CONSOLE_OPERATORS)');
  };
}

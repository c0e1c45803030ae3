import { subscribe } from 'node:diagnostics_channel';
import type { HttpServer } from '@updraft/service';
import { watchAnswers } from './checked-answers.ts';

/** Loaded before a service's own code: an answer that is not as its route declares it ends the program. */
subscribe('fastify.initialization', (message) => {
  watchAnswers((message as { fastify: HttpServer }).fastify, (fault) => {
    if (fault === undefined) return;
    process.stderr.write(`an answer that is not as declared: ${fault}\n`);
    process.exit(70);
  });
});

import { addRoutes, createHttpServer, createLogger, NotFoundError } from '@updraft/service';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { checkAnswers } from './checked-answers.ts';

const response = { 200: z.object({ name: z.string(), age: z.int().optional() }), 304: z.undefined() };

/** What is found wrong with an answer to GET /. */
async function faultOf(answer: { status?: number; body?: unknown; type?: string }): Promise<string | undefined> {
  const app = createHttpServer({ log: createLogger({ service: 'test', level: 'silent' }) });
  const answers = checkAnswers(app);
  addRoutes(app, { info: { title: 'test', version: '1' } }, (routes) => {
    routes.get('/', { schema: { response } }, async (_request, reply) => {
      const { status = 200, body, type = 'application/json' } = answer;
      if (status === 404) throw new NotFoundError('nobody');
      return reply
        .code(status as 200)
        .type(type)
        .send(body as { name: string });
    });
  });
  await app.inject('/');
  expect(answers.count()).toBe(1);
  try {
    answers.verify();
    return undefined;
  } catch (error) {
    return String(error);
  } finally {
    await app.close();
  }
}

test('an answer as its route declares it passes, with what may be left out or without', async () => {
  expect(await faultOf({ body: { name: 'x' } })).toBeUndefined();
  expect(await faultOf({ body: { age: 7, name: 'x' } })).toBeUndefined();
  expect(await faultOf({ status: 304 })).toBeUndefined();
});

test('an answer of another status, type or shape is found, and so is a field that nobody declared', async () => {
  expect(await faultOf({ status: 201, body: { name: 'x' } })).toContain('this status is not declared');
  expect(await faultOf({ status: 404 })).toContain('this status is not declared');
  expect(await faultOf({ body: 'x', type: 'text/plain' })).toContain('text/plain');
  expect(await faultOf({ body: { name: 7 } })).toContain('expected string');
  expect(await faultOf({ body: { name: 'x', secret: 'y' } })).toContain('more than is declared');
  expect(await faultOf({ status: 304, body: '{}' })).toContain('a body where none is declared');
});

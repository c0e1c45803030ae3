import { fastify } from 'fastify';

// An empty Fastify route with a reply of as many bytes as the first argument says. Prints its port.
const reply = 'x'.repeat(Number(process.argv[2]));
const app = fastify();
app.get('/bare', (_request, response) => response.type('application/json; charset=utf-8').send(reply));
const url = await app.listen({ host: '127.0.0.1', port: 0 });
process.stdout.write(`${new URL(url).port}\n`);

import type { HttpServer } from '@updraft/service';
import { type ConsoleConfig, consoleConfig } from '../views/config.ts';

const schema = {
  summary: 'What the console needs to know before anybody is signed in',
  response: { 200: consoleConfig },
};

/** GET /console/api/config */
export function configRoute(app: HttpServer, config: ConsoleConfig): void {
  app.get('/console/api/config', { schema }, (_request, reply) => {
    reply.header('cache-control', 'no-cache');
    return config;
  });
}

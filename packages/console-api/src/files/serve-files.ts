import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import files from '@fastify/static';
import type { HttpServer } from '@updraft/service';
import { z } from 'zod';

/** Nothing but what this origin serves runs or is shown, and no other page may frame it. */
function policy(connectTo: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    ["connect-src 'self'", ...connectTo].join(' '),
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export interface FilesOptions {
  /** What the console's build made. */
  readonly folder: string;
  /** Other origins that its pages may ask. */
  readonly connectTo: readonly string[];
  /** Set on a machine that people develop on, where a sign-in leads back to. */
  readonly loopbackOrigin: string | undefined;
}

const PAGE = {
  200: { description: 'The page', content: { 'text/html': { schema: z.string() } } },
  304: z.undefined(),
  307: z.undefined(),
  308: z.undefined(),
};

const YEAR_S = 365 * 24 * 3600;

/**
 * Serves the console's files under /console/: the page for each of its addresses, and its assets, whose names change with their content.
 * Without a built console in `folder` there is none.
 */
export function serveFiles(app: HttpServer, { folder, connectTo, loopbackOrigin }: FilesOptions): void {
  if (!existsSync(join(folder, 'index.html'))) return;
  const headers = { ...HEADERS, 'content-security-policy': policy(connectTo) };
  void app.register((routes: HttpServer, _options, done) => {
    routes.addHook('onSend', async (_request, reply) => void reply.headers(headers));
    if (loopbackOrigin !== undefined) leadToLoopback(routes, loopbackOrigin);
    void routes.register(files, {
      root: resolve(folder, 'assets'),
      prefix: '/console/assets/',
      index: false,
      immutable: true,
      maxAge: YEAR_S * 1000,
      schemaHide: true,
    });
    const page = { schema: { hide: true, response: PAGE } };
    routes.get('/console', page, (_request, reply) => void reply.redirect('/console/', 308));
    routes.get('/console/*', page, (_request, reply) => {
      void reply
        .header('cache-control', 'no-cache')
        .sendFile('index.html', resolve(folder), { immutable: false, maxAge: 0 });
    });
    done();
  });
}

/** A sign-in leads back to 127.0.0.1: at `localhost` the browser would not send the cookie that it got there. */
function leadToLoopback(routes: HttpServer, origin: string): void {
  const { port } = new URL(origin);
  routes.addHook('onRequest', (request, reply, done) => {
    if (request.host === `localhost:${port}`) void reply.redirect(`${origin}${request.url}`, 307);
    else done();
  });
}

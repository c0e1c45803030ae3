import { ForbiddenError } from '@updraft/service';
import type { FastifyRequest } from 'fastify';

/**
 * Refuses what another site's page sends. Browsers say where a request comes from; without a word on it the caller is no browser.
 * @throws ForbiddenError
 */
export function requireOwnPage({ headers, protocol, host }: FastifyRequest, ownOrigin: string | undefined): void {
  const site = headers['sec-fetch-site'];
  const here = ownOrigin ?? `${protocol}://${host}`;
  const isForeign =
    site === undefined ? headers.origin !== undefined && headers.origin !== here : site !== 'same-origin';
  if (isForeign) throw new ForbiddenError(`only pages of ${here} may send this: open the console there`);
}

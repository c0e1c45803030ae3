import { AtpAgent } from '@atproto/api';
import type { Feed, ServiceIdentity } from '@updraft/feeds';
import { ask, describeAnswer, errorName, reasonOf } from './ask.ts';
import { type Finding, ok, skipped, wrong } from './finding.ts';
import { pageUrl } from './service-checks.ts';

/** Somebody who can sign in. */
export interface Login {
  readonly pds: string;
  readonly identifier: string;
  readonly password: string;
}

const LXM = 'app.bsky.feed.getFeedSkeleton';

/** Whether the service takes the token of a real account for the feeds that are not for everyone. */
export async function checkTokens(
  service: ServiceIdentity,
  feeds: readonly Feed[],
  login: Login | undefined,
): Promise<Finding[]> {
  const closed = feeds.filter(({ audience }) => audience !== 'everyone');
  if (closed.length === 0) return [skipped('token', 'all feeds are for everyone')];
  if (login === undefined)
    return [skipped('token', 'nobody to sign in as', 'set PUBLISHER_PDS, PUBLISHER_IDENTIFIER and PUBLISHER_PASSWORD')];
  const token = await getToken(service, login).catch((error: unknown) => ({ fault: reasonOf(error) }));
  if (typeof token !== 'string')
    return [wrong('token', `${login.pds} gives none: ${token.fault}`, 'correct the PUBLISHER_… variables')];
  return Promise.all(closed.map((feed) => checkToken(service, feed, token)));
}

async function getToken({ did }: ServiceIdentity, { pds, identifier, password }: Login): Promise<string> {
  const agent = new AtpAgent({ service: pds });
  await agent.login({ identifier, password });
  const { data } = await agent.com.atproto.server.getServiceAuth({ aud: did, lxm: LXM });
  await agent.logout().catch(() => {}); // the session expires by itself
  return data.token;
}

/** Who signs in need not be a member: then the service says so, or gives what outsiders see. */
async function checkToken(service: ServiceIdentity, feed: Feed, token: string): Promise<Finding> {
  const check = `token for ${feed.alias}`;
  const asked = await ask(pageUrl(service, feed), { authorization: `Bearer ${token}` });
  if ('fault' in asked) return wrong(check, `can't be tried: ${asked.fault}`, 'see the endpoint');
  if (asked.status === 200) return ok(check, 'is taken');
  const isUnheard = errorName(asked) === 'AuthenticationRequired' && !(await isTokenHeard(service, feed));
  if (isUnheard) return wrong(check, 'does not arrive', 'let the proxy hand on the header Authorization');
  if (feed.audience === 'members' && errorName(asked) === 'AuthenticationRequired')
    return ok(check, 'is understood; this account is no member');
  return wrong(check, `is answered by ${describeAnswer(asked)}`, todoOf(errorName(asked)));
}

/** Whether a wrong token is refused as such: else no token arrives. */
async function isTokenHeard(service: ServiceIdentity, feed: Feed): Promise<boolean> {
  const asked = await ask(pageUrl(service, feed), { authorization: 'Bearer no.real.token' });
  return !('fault' in asked) && errorName(asked) !== 'AuthenticationRequired';
}

function todoOf(error: string | undefined): string {
  if (error === 'IdentityUnavailable') return 'set PLC_HOST of feedgen to a directory that it reaches';
  if (error === 'BadJwtSignature') return 'see whether PLC_HOST of feedgen is the directory that the account is in';
  if (error === 'JwtExpired') return 'set the clock of the machine of feedgen';
  if (error === 'BadJwtAudience') return 'set SERVICE_ENDPOINT of feedgen to the endpoint that others reach';
  return 'see whether the proxy hands on the header Authorization, and the log of feedgen';
}

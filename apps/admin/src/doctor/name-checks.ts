import { lookup } from 'node:dns/promises';
import { connect, type TLSSocket } from 'node:tls';
import { isPublicAddress } from '@updraft/identity';
import { isLoopbackHost } from '@updraft/service';
import { type Finding, ok, skipped, wrong } from './finding.ts';

/** Whether the endpoint's name leads to addresses that others can reach. */
export async function checkDns(endpoint: string, allowPrivateAddresses: boolean): Promise<Finding> {
  const { hostname } = new URL(endpoint);
  if (isLoopbackHost(hostname)) return skipped('DNS', `${hostname} is this machine: nobody else reaches it`);
  try {
    const addresses = (await lookup(hostname.replaceAll(/[[\]]/g, ''), { all: true })).map(({ address }) => address);
    const inner = addresses.filter((address) => !isPublicAddress(address));
    if (inner.length === 0 || allowPrivateAddresses) return ok('DNS', `${hostname} is ${addresses.join(', ')}`);
    const what = `${hostname} leads to ${inner.join(', ')}, which is not of the public network`;
    return wrong('DNS', what, 'set its A and AAAA records to the address of the proxy that the network reaches');
  } catch (error) {
    const what = `${hostname} can't be looked up: ${error instanceof Error ? error.message : String(error)}`;
    return wrong('DNS', what, 'set its A or AAAA record, or correct SERVICE_ENDPOINT');
  }
}

const TIMEOUT_MS = 10_000;
const DAY_MS = 24 * 3_600_000;
const RENEW_BEFORE_DAYS = 14;
const RENEW = 'renew the certificate, and see why the proxy did not do so by itself';

/** Whether the endpoint speaks TLS with a certificate that is trusted and does not end soon. */
export async function checkTls(endpoint: string): Promise<Finding> {
  const { protocol, hostname, port } = new URL(endpoint);
  if (protocol === 'http:') {
    if (isLoopbackHost(hostname)) return skipped('TLS', 'the endpoint is http: on this machine');
    return wrong(
      'TLS',
      'SERVICE_ENDPOINT is http:',
      'put a TLS proxy before the service and set SERVICE_ENDPOINT to its https: origin',
    );
  }
  const host = hostname.replaceAll(/[[\]]/g, '');
  try {
    const { endsMs, mistrust } = await readCertificate(host, port === '' ? 443 : Number(port));
    const ends = new Date(endsMs).toISOString();
    const days = (endsMs - Date.now()) / DAY_MS;
    if (days < 0) return wrong('TLS', `the certificate ended on ${ends}`, RENEW);
    if (mistrust !== undefined)
      return wrong(
        'TLS',
        `the certificate is not trusted: ${mistrust}`,
        `get one for ${hostname} from a public authority, and serve the whole chain`,
      );
    if (days < RENEW_BEFORE_DAYS) return wrong('TLS', `the certificate ends on ${ends}`, RENEW);
    return ok('TLS', `the certificate is trusted, until ${ends}`);
  } catch (error) {
    const what = `no TLS with ${endpoint}: ${error instanceof Error ? error.message : String(error)}`;
    return wrong('TLS', what, 'see whether the proxy runs, and whether the firewall lets its port through');
  }
}

/** Looks at the certificate whether it is good or not. */
function readCertificate(host: string, port: number): Promise<{ endsMs: number; mistrust: string | undefined }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ endsMs: number; mistrust: string | undefined }>();
  const socket: TLSSocket = connect({ host, port, servername: host, rejectUnauthorized: false, timeout: TIMEOUT_MS });
  socket.once('secureConnect', () => {
    const mistrust = socket.authorized ? undefined : String(socket.authorizationError);
    resolve({ endsMs: Date.parse(socket.getPeerCertificate().valid_to), mistrust });
    socket.destroy();
  });
  socket.once('timeout', () => socket.destroy(new Error('no answer')));
  socket.once('error', reject);
  return promise;
}

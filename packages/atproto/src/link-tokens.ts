import { hash } from 'node:crypto';

/**
 * The domain of a web address, in lower case and as DNS has it (`xn--…`); undefined for what is no web address, or has no domain: a
 * lone name, a number. Never throws.
 */
export function domainOf(address: string): string | undefined {
  if (address.length > MAX_LENGTH || !WEB_ADDRESS.test(address)) return undefined;
  const plain = PLAIN_ADDRESS.exec(address)?.[1];
  const host = plain ?? (URL.canParse(address) ? new URL(address).hostname.replace(/\.$/, '') : '');
  return DOMAIN.test(host) ? host : undefined;
}

/** The mark of a link's domain. */
export function domainToken(domain: string): string {
  return `/${domain}`;
}

/**
 * The mark of a whole address: 96 bits of its hash, behind a sign that no domain begins with. Scheme and host are compared as URLs have
 * them, the rest as it is written.
 */
export function addressToken(address: string): string {
  const plain = address.length <= MAX_LENGTH && URL.canParse(address) ? new URL(address).href : address;
  return `//${hash('sha256', plain, 'base64url').slice(0, 16)}`;
}

/** A link is found by its domain and by each domain above it that is more than a top-level one. */
export function domainTokens(address: string): string[] {
  const domain = domainOf(address);
  if (domain === undefined) return [];
  const labels = domain.split('.');
  return labels.slice(1).map((_, above) => domainToken(labels.slice(above).join('.')));
}

const MAX_LENGTH = 8_192;
const WEB_ADDRESS = /^https?:\/\//i;
/** Most addresses: read without URL, which takes many times as long. */
const PLAIN_ADDRESS = /^https?:\/\/([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,9})(?:[/?#]|$)/;
/** At most ten labels; the last is no number. */
const DOMAIN = /^(?:[a-z0-9_-]{1,63}\.){1,9}(?!\d+$)[a-z0-9-]{2,63}$/;

import { z } from 'zod';

/**
 * Where another server is: `host:port` (an IPv6 host in brackets) or a URL with a scheme and a host, kept as written.
 * Without a default the variable must be set.
 */
export function address(defaultAddress?: string): z.ZodType<string, string | undefined> {
  const isAddress = (text: string) => isUrl(text) || parseHostPort(text) !== undefined;
  const type = z
    .string()
    .refine(isAddress, { error: `expected ${ADDRESS}` })
    .describe(ADDRESS);
  return defaultAddress === undefined ? type : type.default(defaultAddress);
}

/**
 * Where this service listens, read into `host:port`: `:8091` means 127.0.0.1:8091, `0.0.0.0:8091` every interface,
 * port 0 any free port.
 */
export function listenAddress(defaultAddress?: string): z.ZodType<string, string | undefined> {
  return readBy(LISTEN_ADDRESS, defaultAddress, (text) => {
    const hostPort = parseHostPort(text.startsWith(':') ? `127.0.0.1${text}` : text);
    return hostPort === undefined ? undefined : formatHostPort(hostPort);
  });
}

/** A length of time such as `250ms`, `30s`, `5m`, `1h` or `2d`, read into milliseconds. */
export function durationMs(defaultDuration?: string): z.ZodType<number, string | undefined> {
  return readBy(DURATION, defaultDuration, parseDuration);
}

/** A length of time above zero: an interval of `0s` would be a loop without a rest. */
export function someTimeMs(defaultDuration?: string): z.ZodType<number, string | undefined> {
  return readBy(SOME_TIME, defaultDuration, (text) => parseDuration(text) || undefined);
}

const ADDRESS = "'host:port' or a URL";
const LISTEN_ADDRESS = "'host:port', or ':port' for this machine only";
const DURATION = "a duration such as '250ms', '30s', '5m' or '1h'";
const SOME_TIME = `${DURATION}, above 0`;

/** A string that `read` converts, or refuses by giving undefined. The default is read too. */
function readBy<T>(
  expected: string,
  defaultText: string | undefined,
  read: (text: string) => T | undefined,
): z.ZodType<T, string | undefined> {
  const type = z
    .string()
    .transform((text, context): T => {
      const value = read(text);
      if (value !== undefined) return value;
      context.issues.push({ code: 'custom', input: text, message: `expected ${expected}` });
      return z.NEVER;
    })
    .describe(expected);
  return defaultText === undefined ? type : type.prefault(defaultText);
}

export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `host:port` taken apart, without the brackets of IPv6; undefined when it is anything else. */
export function parseHostPort(text: string): HostPort | undefined {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const port = Number(match[3]);
  return port <= 65_535 ? { host: match[1] ?? match[2] ?? '', port } : undefined;
}

export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `250ms`, `1.5h` in milliseconds; undefined when it is anything else. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,6})?)(ms|s|m|h|d)$/.exec(text);
  if (match === null) return undefined;
  return Math.round(Number(match[1]) * (UNITS[match[2] ?? ''] ?? Number.NaN));
}

function isUrl(text: string): boolean {
  return text.includes('://') && URL.canParse(text) && new URL(text).host !== '';
}

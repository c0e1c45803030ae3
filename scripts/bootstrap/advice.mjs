// A failed installation → a sentence about what to do. Only advice hangs on what a log says; nothing else does.

const remedies = [
  [/ENOSPC|no space left|disk quota/i, 'The disk is full: about 1.5 GB are needed here and in the home folder.'],
  [/\b407\b|proxy authentication/i, 'The proxy wants a user and a password: put them into HTTPS_PROXY.'],
  [
    /CERT_|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|certificate/i,
    'A certificate was not accepted: behind a company proxy, set its CA with "npm config set cafile FILE".',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET|network|dns error|timed? ?out|error sending request/i,
    'The package registry could not be reached: check the network, or set HTTPS_PROXY, then try again.',
  ],
  [
    /EACCES|EPERM|EROFS|permission denied|read-only file system/i,
    'A folder may not be written: see that this folder and your home folder are yours.',
  ],
  [
    /OUTDATED_LOCKFILE|frozen-lockfile/i,
    'pnpm-lock.yaml does not fit the package.json files: run "npx -y pnpm@12.21.0 install" and commit the result.',
  ],
  [/EBADENGINE|UNSUPPORTED_ENGINE|SyntaxError/i, 'This Node is too old for the package manager: use Node 20 or newer.'],
];

/** @param {string} log the whole log of the installation */
export function adviceFor(log) {
  const found = remedies.find(([pattern]) => pattern.test(log));
  return found ? found[1] : 'See the lines above; trying again often helps, and so does deleting node_modules.';
}

/** The last lines of the log that say something to a person: errors and warnings of pnpm, and whatever is not pnpm's JSON. */
export function readableTail(log, count = 8) {
  const lines = log.split('\n').flatMap(readable);
  return lines
    .slice(-count)
    .map((line) => `  ${line}`)
    .join('\n');
}

function readable(line) {
  if (line.trim() === '') return [];
  if (!line.startsWith('{')) return [line];
  try {
    const event = JSON.parse(line);
    if (event.level !== 'error' && event.level !== 'warn') return [];
    return [`${event.code ? `${event.code} ` : ''}${event.err?.message ?? event.message ?? line}`];
  } catch {
    return [line];
  }
}

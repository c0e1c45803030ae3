// A failed installation → a sentence that says what to do. Nothing but this advice depends on the text of a log.

const remedies = [
  [/ENOSPC|no space left|disk quota/i, 'The disk is full. About 1.5 GB are needed here and in the home folder.'],
  [/\b407\b|proxy authentication/i, 'The proxy needs a user and a password. Put them into HTTPS_PROXY.'],
  [
    /CERT_|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|certificate/i,
    'A certificate was not accepted. Behind a company proxy, set its CA with "npm config set cafile FILE".',
  ],
  [
    /ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ERR_SOCKET|network|dns error|timed? ?out|error sending request/i,
    'The package registry could not be reached. Check the network, or set HTTPS_PROXY, then try again.',
  ],
  [
    /EACCES|EPERM|EROFS|permission denied|read-only file system/i,
    "A folder can't be written. Make sure that this folder and your home folder belong to you.",
  ],
  [
    /OUTDATED_LOCKFILE|frozen-lockfile/i,
    'pnpm-lock.yaml does not match the package.json files. Run "npx -y pnpm@12.21.0 install" and commit the result.',
  ],
  [/EBADENGINE|UNSUPPORTED_ENGINE|SyntaxError/i, 'This Node is too old for the package manager. Use Node 20 or newer.'],
];

/** @param {string} log the whole log of the installation */
export function adviceFor(log) {
  const found = remedies.find(([pattern]) => pattern.test(log));
  return found ? found[1] : 'See the lines above. Trying again often helps, and so does deleting node_modules.';
}

/** The last lines of the log for a person: pnpm's errors and warnings, and all lines that are not its JSON. */
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

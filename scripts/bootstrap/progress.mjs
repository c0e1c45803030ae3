// pnpm's ndjson reporter → one updating line on a terminal, plain lines elsewhere.

const barWidth = 24;
const redrawMs = 100;
const plainLineMs = 5_000;
/** A registry that does not answer for this long is given up: pnpm itself would ask for each of hundreds of packages. */
const stuckMs = 45_000;
const mb = 1_000_000;
const noAnswer = '  the package registry does not answer; trying again …';

/** @param {{ out: NodeJS.WriteStream, now: () => number }} deps */
export function createProgress({ out, now }) {
  const state = createDownloads();
  const tty = out.isTTY === true;
  let drawnAt = now();
  let answeredAt = now();
  let shown = '';
  const draw = () => {
    drawnAt = now();
    const line = tty ? barLine(state.summary()) : plainLine(state.summary());
    if (line === shown) return;
    shown = line;
    out.write(tty ? `\r\x1b[2K${line.slice(0, (out.columns ?? 80) - 1)}` : `${line}\n`);
  };
  const tick = setInterval(() => (tty || now() - drawnAt >= plainLineMs ? draw() : undefined), 1_000);
  tick.unref();
  return {
    line(text) {
      state.accept(parse(text));
      if (!state.summary().waiting) answeredAt = now();
      if (tty && now() - drawnAt >= redrawMs) draw();
    },
    /** Whether the registry has not answered for so long that the installation should end. */
    isStuck: () => state.summary().waiting && now() - answeredAt >= stuckMs,
    end() {
      clearInterval(tick);
      if (tty && shown) out.write('\r\x1b[2K');
      const { fetched, bytes } = state.summary();
      if (fetched > 0) out.write(`Installed: ${fetched} packages, ${inMb(bytes)} MB downloaded\n`);
    },
  };
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Folds pnpm's events into counts of packages and bytes. */
export function createDownloads() {
  const sizes = new Map();
  const received = new Map();
  let resolved = 0;
  let fetched = 0;
  let current = '';
  let waiting = false;
  return {
    accept(event) {
      if (event?.name === 'pnpm:progress' && event.status === 'resolved') resolved += 1;
      if (event?.name === 'pnpm:progress' && event.status === 'fetched') {
        fetched += 1;
        received.set(event.packageId, sizes.get(event.packageId) ?? 0);
      }
      if (event?.name === 'pnpm:request-retry') waiting = true;
      if (event?.name !== 'pnpm:fetching-progress') return;
      if (event.status === 'in_progress') waiting = false;
      if (event.status === 'started') sizes.set(event.packageId, event.size ?? 0);
      if (event.status === 'in_progress') received.set(event.packageId, event.downloaded ?? 0);
      current = largestUnfinished(sizes, received) ?? current;
    },
    summary: () => ({ resolved, fetched, bytes: sum(received), total: sum(sizes), current, waiting }),
  };
}

function largestUnfinished(sizes, received) {
  let best;
  for (const [id, size] of sizes) {
    const left = size - (received.get(id) ?? 0);
    if (left > 0 && left > (best?.left ?? 0)) best = { id, left };
  }
  return best?.id;
}

function sum(map) {
  let total = 0;
  for (const value of map.values()) total += value;
  return total;
}

/** `██████░░░░░░  62 %  148 of 240 MB  @chdb/lib-linux-x64-gnu` */
export function barLine(summary) {
  const { resolved, fetched, bytes, total, current } = summary;
  if (!isDownloading(summary)) return stageLine(summary);
  const share = Math.min(1, bytes / total);
  const full = Math.round(share * barWidth);
  const bar = '█'.repeat(full) + '░'.repeat(barWidth - full);
  const name = current.replace(/(.)@[^@/]*$/, '$1');
  return `  ${bar} ${String(Math.round(share * 100)).padStart(3)} %  ${inMb(bytes)} of ${inMb(total)} MB  ${fetched}/${resolved} packages  ${name}`;
}

/** `  148 of 240 MB, 31 of 72 packages` */
export function plainLine(summary) {
  const { resolved, fetched, bytes, total } = summary;
  if (!isDownloading(summary)) return stageLine(summary);
  return `  ${inMb(bytes)} of ${inMb(total)} MB, ${fetched} of ${resolved} packages`;
}

function isDownloading({ resolved, fetched, bytes, total, waiting }) {
  return !waiting && total > 0 && (bytes < total || fetched < resolved);
}

/** What happens before and after the download. */
function stageLine({ resolved, total, waiting }) {
  if (waiting) return noAnswer;
  if (resolved === 0) return '  fetching pnpm …';
  return total === 0 ? `  ${resolved} packages found` : `  unpacking ${inMb(total)} MB …`;
}

const inMb = (bytes) => (bytes / mb).toFixed(0);

/** How far the reader's clock is off. It is the browser's one clock, so its state is the module's. */
let skewMs = 0;

/** What a date header and the way of an answer leave open. */
const BLUR_MS = 3_000;

/** Learns from an answer's `Date` what time it is at the server. Not from answers that a cache may give: their date is old. */
export function noteServerDate(header: string | null): void {
  const server = Date.parse(header ?? '');
  if (Number.isNaN(server)) return;
  const off = server - Date.now();
  skewMs = Math.abs(off) > BLUR_MS ? off : 0;
}

/** Now by the server's clock, in ms since 1970: ages are right where the reader's clock is wrong. */
export function serverNow(): number {
  return Date.now() + skewMs;
}

/** Writes RFC 3339 times of milliseconds since 1970; quick where neighbouring times are written one after another. */
export function createTimeWriter(): (ms: number) => string {
  let lastSecond = Number.NaN;
  let prefix = '';
  return (ms) => {
    const second = Math.floor(ms / 1000);
    if (second !== lastSecond) {
      lastSecond = second;
      prefix = new Date(second * 1000).toISOString().slice(0, 20);
    }
    return `${prefix}${MILLIS[Math.floor(ms) - second * 1000]}Z`;
  };
}

const MILLIS = Array.from({ length: 1000 }, (_, i) => String(i).padStart(3, '0'));

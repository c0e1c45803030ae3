/** `1,203,332`. */
export function count(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** `0:42`, `12:07`, `3:05:09`, `2 d 04:11`: a length of time. */
export function lasting(milliseconds: number): string {
  const total = Math.max(0, Math.floor(milliseconds / 1_000));
  const [days, hours, minutes] = [
    Math.floor(total / 86_400),
    Math.floor(total / 3_600) % 24,
    Math.floor(total / 60) % 60,
  ];
  if (days > 0) return `${days} d ${two(hours)}:${two(minutes)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(total % 60)}` : `${minutes}:${two(total % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

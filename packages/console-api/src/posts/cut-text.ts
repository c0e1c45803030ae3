/** At most so many UTF-16 units of a text, and `…` where more would follow; no character is halved. */
export function cutText(text: string, length: number): string {
  const whole = text.toWellFormed();
  return whole.length > length ? `${whole.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')}…` : whole;
}

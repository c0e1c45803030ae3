const MAX_GRAPHEMES = 80;
const graphemes = new Intl.Segmenter();

/** The first line of a text, cut between graphemes, so that no emoji is halved. '' where the text has no line. */
export function itemTitle(text: string): string {
  const line =
    text
      .split(/[\r\n\u2028\u2029]+/)
      .find((one) => one.trim() !== '')
      ?.trim() ?? '';
  const parts = Array.from(graphemes.segment(line), ({ segment }) => segment);
  const cut = parts.length > MAX_GRAPHEMES ? `${parts.slice(0, MAX_GRAPHEMES - 1).join('')}…` : line;
  return closeBidi(cut);
}

/** Ends the embeddings, overrides and isolates that a text begins and doesn't end: what follows it would be turned round. */
function closeBidi(text: string): string {
  const open: string[] = [];
  for (const character of text) {
    if ('\u202A\u202B\u202D\u202E'.includes(character)) open.push('\u202C');
    else if ('\u2066\u2067\u2068'.includes(character)) open.push('\u2069');
    else if (character === open.at(-1)) open.pop();
  }
  return text + open.toReversed().join('');
}

/** Languages of one request that count. */
const MAX_LANGUAGES = 5;

/** The languages of an accept-language header as codes without region, best first; none where any will do. */
export function acceptedLanguages(header: string | undefined): readonly string[] {
  const ranges = (header ?? '')
    .slice(0, 256)
    .split(',')
    .map(readRange)
    .filter((range) => range.quality > 0);
  if (ranges.some(({ code }) => code === '*')) return [];
  const codes = ranges.toSorted((a, b) => b.quality - a.quality).map(({ code }) => code);
  return [...new Set(codes)].filter((code) => /^[a-z]{2,3}$/.test(code)).slice(0, MAX_LANGUAGES);
}

function readRange(text: string): { code: string; quality: number } {
  const [tag = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase());
  const [, quality = '1'] = /^q=([\d.]+)$/.exec(parameters.find((parameter) => parameter.startsWith('q=')) ?? '') ?? [];
  return { code: tag.split('-')[0] ?? '', quality: Number(quality) || 0 };
}

import { LANGUAGES, languageName } from './languages.ts';

/** One of the languages that most of the network writes, or the one that the address names. */
export function LanguageChoice({ lang, choose }: { lang: string; choose: (lang: string) => void }) {
  const offered = new Set([...LANGUAGES, ...(lang === '' ? [] : [lang])]);
  return (
    <label>
      <span class="quiet">Language</span>
      <select value={lang} onChange={(event) => choose(event.currentTarget.value)}>
        <option value="">all</option>
        {[...offered].map((each) => (
          <option key={each} value={each}>
            {languageName(each)}
          </option>
        ))}
      </select>
    </label>
  );
}

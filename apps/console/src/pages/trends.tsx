import { useLocation } from 'preact-iso';
import { useApiUrl } from '../data/config.tsx';
import { useLive } from '../data/use-live.ts';
import { Notice } from '../parts/notice.tsx';
import { OldReports } from '../parts/old-numbers.tsx';
import { Page } from '../parts/page.tsx';
import { RelativeTime } from '../parts/relative-time.tsx';
import { Segments } from '../parts/segments.tsx';
import { LanguageChoice } from './trends/language-choice.tsx';
import { languageName } from './trends/languages.ts';
import { TrendList } from './trends/trend-list.tsx';
import { TrendPosts } from './trends/trend-posts.tsx';
import { KINDS, type Trend, type TrendKind, type Trends } from './trends/trend-terms.ts';
import './trends/trends.css';

const MOST = 30;

/** What more accounts than usual wrote in the last hour, and posts with it. The address holds what is chosen. */
export default function TrendsPage() {
  const { query, route } = useLocation();
  const kind = KINDS.find(({ name }) => name === query.kind)?.name ?? 'tags';
  const lang = query.lang ?? '';
  const choose = (next: { kind?: TrendKind; lang?: string; term?: string }): void => {
    const wanted = {
      kind: next.kind ?? kind,
      lang: next.lang ?? lang,
      ...(next.term !== undefined && { term: next.term }),
    };
    route(`/console/trends?${new URLSearchParams(Object.entries(wanted).filter(([, value]) => value !== ''))}`, true);
  };
  return (
    <Page
      title="Trends"
      lead="What more accounts than usual wrote in the last hour, compared with this hour of the seven days before."
    >
      <form class="choices" onSubmit={(event) => event.preventDefault()}>
        <Segments
          label="Kind"
          name="kind"
          options={KINDS.map(({ name, title }) => ({ value: name, title }))}
          chosen={kind}
          choose={(name) => choose({ kind: name })}
        />
        <LanguageChoice lang={lang} choose={(next) => choose({ lang: next })} />
      </form>
      <Found kind={kind} lang={lang} term={query.term} choose={(term) => choose({ term })} />
    </Page>
  );
}

interface FoundProps {
  readonly kind: TrendKind;
  readonly lang: string;
  readonly term: string | undefined;
  readonly choose: (term: string) => void;
}

function Found({ kind, lang, term, choose }: FoundProps) {
  const url = useApiUrl();
  const wanted = new URLSearchParams({ kind, limit: String(MOST), ...(lang !== '' && { lang }) });
  const { value, error } = useLive<Trends>(url('search', `/trends?${wanted}`), 30_000);
  const trends = value?.trends ?? [];
  const chosen = trends.find((trend) => trend.term === term) ?? trends[0];
  return (
    <>
      <Notice error={error} hasValue={value !== undefined} />
      <OldReports />
      <p class="quiet">
        <span role="status">
          {value === undefined && error === undefined ? 'Asking …' : null}
          {value === undefined ? null : stateOf(value, trends, lang)}
        </span>
        {value === undefined ? null : (
          <>
            {' '}
            Counted <RelativeTime iso={value.updated_at} />.
          </>
        )}
      </p>
      {chosen === undefined ? null : (
        <div class="trends">
          <TrendList trends={trends} chosen={chosen} choose={choose} />
          <TrendPosts trend={chosen} />
        </div>
      )}
    </>
  );
}

function stateOf({ usual_days: days }: Trends, trends: readonly Trend[], lang: string): string {
  if (days === 0) return 'There are no trends yet: the index has no earlier day to compare with.';
  if (trends.length === 0) return `Nothing stands out in this hour${lang === '' ? '' : ` in ${languageName(lang)}`}.`;
  return days === 1 ? 'Compared with one day.' : `Compared with ${days} days.`;
}

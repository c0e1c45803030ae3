import { useApiUrl } from '../../data/config.tsx';
import { formatCount } from '../../data/format.ts';
import { usePages } from '../../data/use-pages.ts';
import { AccountName } from '../../parts/account-name.tsx';
import { Button } from '../../parts/button.tsx';
import { Notice } from '../../parts/notice.tsx';
import { PostCards } from '../../parts/post-cards.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Table } from '../../parts/table.tsx';
import { LINK_KINDS, type LinkingRecord, type LinkKind, type LinksPage } from './link-kinds.ts';

const PAGE = 25;

/** The links of one kind, the newest first, page by page. */
export function LinkList({ target, kind }: { target: string; kind: LinkKind }) {
  const url = useApiUrl();
  const query = new URLSearchParams({ target, kind, limit: String(PAGE) });
  const { pages, error, isBusy, hasMore, more } = usePages<LinksPage>(url('search', `/links?${query}`), undefined);
  const { title, isPost } = LINK_KINDS[kind];
  const records = pages.flatMap((page) => page.linking_records);
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {isPost === true ? pages.map((page, index) => <PostCards key={index} uris={urisOf(page)} />) : null}
      {isPost !== true && records.length > 0 ? <Accounts title={title} records={records} /> : null}
      <Notice error={error} hasValue={records.length > 0} />
      <p class="quiet" role="status">
        {isBusy ? 'Loading …' : error === undefined ? sentenceOf(records.length, hasMore) : ''}
      </p>
      {hasMore ? (
        <Button isBusy={isBusy} onClick={more}>
          Show more
        </Button>
      ) : null}
    </section>
  );
}

function urisOf(page: LinksPage): string[] {
  return page.linking_records.map(({ uri }) => uri);
}

function sentenceOf(shown: number, hasMore: boolean): string {
  if (shown === 0) return 'There are none.';
  return `${formatCount(shown)} shown${hasMore ? '.' : ', which is all.'}`;
}

interface AccountsProps {
  readonly title: string;
  readonly records: readonly LinkingRecord[];
}

function Accounts({ title, records }: AccountsProps) {
  return (
    <Table
      label={title}
      columns={[{ title: 'Account' }, { title: 'When' }]}
      rows={records.map(({ uri, did, created_at: createdAt }) => ({
        key: uri,
        cells: [
          <AccountName key="account" did={did} handle="" isLinked />,
          createdAt === null ? 'unknown' : <RelativeTime key="when" iso={createdAt} />,
        ],
      }))}
      none=""
    />
  );
}

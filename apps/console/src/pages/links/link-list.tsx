import { formatCount } from '../../data/format.ts';
import { AccountName } from '../../parts/account-name.tsx';
import { ActionError } from '../../parts/action-error.tsx';
import { Button } from '../../parts/button.tsx';
import { PostCards } from '../../parts/post-cards.tsx';
import { RelativeTime } from '../../parts/relative-time.tsx';
import { Table } from '../../parts/table.tsx';
import { LINK_KINDS, type LinkingRecord, type LinkKind } from './link-kinds.ts';
import { useLinkPages } from './use-link-pages.ts';

/** The links of one kind, the newest first, page by page. */
export function LinkList({ target, kind }: { target: string; kind: LinkKind }) {
  const { pages, hasMore, isBusy, error, more } = useLinkPages(target, kind);
  const { title, isPost } = LINK_KINDS[kind];
  const records = pages.flat();
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      {isPost === true ? (
        pages.map((page) => <PostCards key={page[0]?.uri} uris={page.map(({ uri }) => uri)} />)
      ) : (
        <Accounts title={title} records={records} isKnown={!isBusy && error === undefined} />
      )}
      {isPost === true && records.length === 0 && !isBusy && error === undefined ? (
        <p class="quiet">There are none.</p>
      ) : null}
      <ActionError error={error} />
      <p class="quiet" role="status">
        {isBusy
          ? 'Loading …'
          : records.length === 0
            ? ''
            : `${formatCount(records.length)} shown${hasMore ? '.' : ', which is all.'}`}
      </p>
      {hasMore || error !== undefined ? (
        <Button isBusy={isBusy} onClick={more}>
          {error === undefined ? 'Show more' : 'Try again'}
        </Button>
      ) : null}
    </section>
  );
}

interface AccountsProps {
  readonly title: string;
  readonly records: readonly LinkingRecord[];
  readonly isKnown: boolean;
}

function Accounts({ title, records, isKnown }: AccountsProps) {
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
      none={isKnown ? 'There are none.' : ''}
    />
  );
}

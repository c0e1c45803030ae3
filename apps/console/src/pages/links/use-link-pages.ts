import { useEffect, useState } from 'preact/hooks';
import { useApiUrl } from '../../data/config.tsx';
import { useApi } from '../../data/session.tsx';
import { useAction } from '../../data/use-action.ts';
import type { LinkingRecord, LinkKind, LinksPage } from './link-kinds.ts';

const PAGE = 25;

/** The pages so far. For one target and kind: another one is another component. */
export function useLinkPages(target: string, kind: LinkKind) {
  const url = useApiUrl();
  const { getJson } = useApi();
  const [pages, setPages] = useState<readonly (readonly LinkingRecord[])[]>([]);
  const [cursor, setCursor] = useState<string>();
  const { run, isBusy, error } = useAction(async (after: string | undefined) => {
    const query = new URLSearchParams({
      target,
      kind,
      limit: String(PAGE),
      ...(after !== undefined && { cursor: after }),
    });
    const page = await getJson<LinksPage>(url('search', `/links?${query}`));
    if (page.linking_records.length > 0) setPages((known) => [...known, page.linking_records]);
    setCursor(page.cursor);
  });
  useEffect(() => void run(undefined), [run]);
  return { pages, hasMore: cursor !== undefined, isBusy, error, more: () => void run(cursor) };
}

import { useMemo } from 'preact/hooks';
import { useApi } from '../../../data/session.tsx';

interface Decided {
  readonly did: string;
  readonly state: string;
  readonly note: string;
}

/** What a host does about an account of a feed. */
export function useMemberDeeds(feed: string) {
  const { sendJson } = useApi();
  return useMemo(() => {
    const decide = (account: string, action: string, note = ''): Promise<Decided> => {
      const query = { feedName: feed, handle: account, action, ...(note !== '' && { note }) };
      return sendJson<Decided>('PUT', `/api/admin/member_requests?${new URLSearchParams(query)}`);
    };
    return {
      give: (account: string) => decide(account, 'give'),
      remove: (did: string, note: string) => decide(did, 'remove', note),
    };
  }, [feed, sendJson]);
}

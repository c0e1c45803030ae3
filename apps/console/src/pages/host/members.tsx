import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { Button } from '../../parts/button.tsx';
import { HostPage } from './frame/host-page.tsx';
import { Toast, type ToastMessage } from './frame/toast.tsx';
import { AddMember } from './members/add-member.tsx';
import { BulkPaste } from './members/bulk-paste.tsx';
import { accountLabel, type Member } from './members/member.ts';
import { MemberList } from './members/member-list.tsx';
import { MemberSearch } from './members/member-search.tsx';
import { RemoveMember } from './members/remove-member.tsx';
import { useMemberDeeds } from './members/use-member-deeds.ts';
import { useMemberPages } from './members/use-member-pages.ts';

/** Who is a member of a feed: to be searched, and added and removed by hosts. */
export default function Members() {
  return (
    <HostPage title="Members" need="moderator">
      {(feed, isHost) => <MembersOf key={feed} feed={feed} isHost={isHost} />}
    </HostPage>
  );
}

function MembersOf({ feed, isHost }: { feed: string; isHost: boolean }) {
  const search = useLocation().query['q'] ?? '';
  const pages = useMemberPages(feed, search);
  const deeds = useMemberDeeds(feed);
  const [message, setMessage] = useState<ToastMessage>();
  const [leaving, setLeaving] = useState<Member>();
  const [isPasting, setPasting] = useState(false);
  const tell = (text: string, undo?: () => Promise<unknown>): void => {
    setMessage({ text, ...(undo !== undefined && { undo }) });
    pages.reload();
  };
  const remove = async (member: Member, note: string): Promise<void> => {
    await deeds.remove(member.did, note);
    setLeaving(undefined);
    tell(`${accountLabel(member)} is no longer a member.`, async () => {
      await deeds.give(member.did);
      tell(`${accountLabel(member)} is a member again.`);
    });
  };
  return (
    <>
      <div class="tools">
        {isHost ? (
          <>
            <AddMember feed={feed} onAdded={tell} />
            <Button onClick={() => setPasting(true)}>Paste many …</Button>
          </>
        ) : null}
        <MemberSearch feed={feed} search={search} />
      </div>
      <Toast message={message} onClose={() => setMessage(undefined)} />
      <MemberList key={search} feed={feed} search={search} pages={pages} onRemove={isHost ? setLeaving : undefined} />
      {leaving === undefined ? null : (
        <RemoveMember member={leaving} onClose={() => setLeaving(undefined)} remove={(note) => remove(leaving, note)} />
      )}
      {isPasting ? <BulkPaste feed={feed} onClose={() => setPasting(false)} onAdded={() => pages.reload()} /> : null}
    </>
  );
}

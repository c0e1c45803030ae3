import { useState } from 'preact/hooks';
import { useAction } from '../../../data/use-action.ts';
import { ActionError } from '../../../parts/action-error.tsx';
import { Button } from '../../../parts/button.tsx';
import { AccountBox } from './account-box.tsx';
import { useMemberDeeds } from './use-member-deeds.ts';

/** Adds an account by its handle, its DID or the address of its profile. */
export function AddMember({ feed, onAdded }: { feed: string; onAdded: (text: string) => void }) {
  const { give } = useMemberDeeds(feed);
  const [account, setAccount] = useState('');
  const { run, isBusy, error } = useAction(async (name: string) => {
    await give(name);
    setAccount('');
    onAdded(`${name} is a member now.`);
  });
  const add = (name: string): void => {
    if (name.trim() !== '') void run(name.trim());
  };
  return (
    <form
      class="add"
      onSubmit={(event) => {
        event.preventDefault();
        add(account);
      }}
    >
      <AccountBox id="add-member" label="Add a member by handle" value={account} onValue={setAccount} />
      <Button type="submit" isBusy={isBusy} isDisabled={account.trim() === ''}>
        Add
      </Button>
      <ActionError error={error} />
    </form>
  );
}

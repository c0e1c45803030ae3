import { accountPage, postPage } from '../../data/post.ts';
import { OutLink } from '../../parts/out-link.tsx';

/** What the links lead to, with the way there. */
export function TargetName({ target }: { target: string }) {
  return (
    <>
      Links to{' '}
      <OutLink href={pageOf(target)}>
        <bdi class="target">{target}</bdi>
      </OutLink>
    </>
  );
}

function pageOf(target: string): string | undefined {
  if (target.startsWith('did:')) return accountPage(target);
  if (/^https?:\/\//i.test(target)) return target;
  return postPage(target);
}

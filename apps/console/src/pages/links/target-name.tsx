import { accountPage, postPage } from '../../data/post.ts';

/** What the links lead to, with the way there. */
export function TargetName({ target }: { target: string }) {
  const href = pageOf(target);
  const name = <bdi class="target">{target}</bdi>;
  if (href === undefined) return <>Links to {name}</>;
  return (
    <>
      Links to{' '}
      <a href={href} rel="noreferrer nofollow" target="_blank">
        {name}
      </a>
    </>
  );
}

/** Only http(s) is ever linked. */
function pageOf(target: string): string | undefined {
  if (target.startsWith('did:')) return accountPage(target);
  if (/^https?:\/\//i.test(target)) return target;
  return postPage(target);
}

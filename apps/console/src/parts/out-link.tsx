import type { ComponentChildren } from 'preact';
import { linkHost } from '../data/post.ts';

/** A link that strangers wrote, or to another site: it opens apart, and learns nothing of this page. Anything but http(s) is text. */
export function OutLink({ href, children }: { href: string | undefined; children: ComponentChildren }) {
  if (href === undefined || linkHost(href) === undefined) return <span>{children}</span>;
  return (
    <a href={href} title={href} rel="noreferrer nofollow" target="_blank">
      {children}
    </a>
  );
}

import type { ComponentChildren } from 'preact';
import { useTitle } from './use-title.ts';

interface PageProps {
  readonly title: string;
  /** What stands in the browser's tab where it is not the title. */
  readonly tabTitle?: string;
  /** A sentence below the heading. */
  readonly lead?: ComponentChildren;
  /** Buttons and links beside the heading. */
  readonly actions?: ComponentChildren;
  readonly children: ComponentChildren;
}

/** A page: its heading, which gets the focus when one comes from another page, and what it says. */
export function Page({ title, tabTitle = title, lead, actions, children }: PageProps) {
  useTitle(tabTitle);
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>
          <bdi>{title}</bdi>
        </h1>
        {actions === undefined ? null : <div class="actions">{actions}</div>}
      </div>
      {lead === undefined ? null : <p class="lead">{lead}</p>}
      {children}
    </>
  );
}

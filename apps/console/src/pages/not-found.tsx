import { EmptyState } from '../parts/empty-state.tsx';
import { Page } from '../parts/page.tsx';

export default function NotFound() {
  return (
    <Page title="There is no such page">
      <EmptyState title="The address may be mistyped.">
        <a href="/console/">To the first page</a>
      </EmptyState>
    </Page>
  );
}

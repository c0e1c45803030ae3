import { useTitle } from '../parts/use-title.ts';

export default function Page() {
  useTitle('Export');
  return <h1>Export</h1>;
}

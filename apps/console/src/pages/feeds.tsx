import { useTitle } from '../parts/use-title.ts';

export default function Page() {
  useTitle('Feeds');
  return <h1>Feeds</h1>;
}

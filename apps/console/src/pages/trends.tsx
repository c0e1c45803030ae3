import { useTitle } from '../parts/use-title.ts';

export default function Page() {
  useTitle('Trends');
  return <h1>Trends</h1>;
}

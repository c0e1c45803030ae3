import { useTitle } from '../../parts/use-title.ts';

export default function Page() {
  useTitle('Rejected');
  return <h1>Rejected</h1>;
}

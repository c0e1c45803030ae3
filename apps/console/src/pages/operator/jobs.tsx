import { useTitle } from '../../parts/use-title.ts';

export default function Page() {
  useTitle('Jobs');
  return <h1>Jobs</h1>;
}

import { useTitle } from '../../parts/use-title.ts';

export default function Page() {
  useTitle('Your feeds');
  return <h1>Your feeds</h1>;
}

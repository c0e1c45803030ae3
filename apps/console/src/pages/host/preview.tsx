import { useTitle } from '../../parts/use-title.ts';

export default function Page() {
  useTitle('Host preview');
  return <h1>Host preview</h1>;
}

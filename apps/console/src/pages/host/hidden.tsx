import { useTitle } from '../../parts/use-title.ts';

export default function Page() {
  useTitle('Host hidden');
  return <h1>Host hidden</h1>;
}

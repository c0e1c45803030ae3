import { useTitle } from '../../parts/use-title.ts';

export default function Page() {
  useTitle('Host members');
  return <h1>Host members</h1>;
}

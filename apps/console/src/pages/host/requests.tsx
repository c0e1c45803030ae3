import { useTitle } from '../../parts/use-title.ts';

export default function Page() {
  useTitle('Host requests');
  return <h1>Host requests</h1>;
}

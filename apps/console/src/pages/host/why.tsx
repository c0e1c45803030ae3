import { useTitle } from '../../parts/use-title.ts';

export default function Page() {
  useTitle('Host why');
  return <h1>Host why</h1>;
}

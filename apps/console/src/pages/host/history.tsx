import { useTitle } from '../../parts/use-title.ts';

export default function Page() {
  useTitle('Host history');
  return <h1>Host history</h1>;
}

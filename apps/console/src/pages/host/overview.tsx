import { useTitle } from '../../parts/use-title.ts';

export default function Page() {
  useTitle('Host feed');
  return <h1>Host feed</h1>;
}

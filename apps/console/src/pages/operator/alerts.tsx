import { useTitle } from '../../parts/use-title.ts';

export default function Page() {
  useTitle('Alerts');
  return <h1>Alerts</h1>;
}

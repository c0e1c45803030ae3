import { useTitle } from '../../parts/use-title.ts';

export default function Page() {
  useTitle('Services');
  return <h1>Services</h1>;
}

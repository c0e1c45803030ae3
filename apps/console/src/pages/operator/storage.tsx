import { useTitle } from '../../parts/use-title.ts';

export default function Page() {
  useTitle('Disk');
  return <h1>Disk</h1>;
}

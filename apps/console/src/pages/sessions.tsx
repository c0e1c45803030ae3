import { useTitle } from '../parts/use-title.ts';

export default function Page() {
  useTitle('Sessions');
  return <h1>Sessions</h1>;
}

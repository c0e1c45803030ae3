import { useTitle } from '../parts/use-title.ts';

export default function Page() {
  useTitle('Clean-up');
  return <h1>Clean-up</h1>;
}

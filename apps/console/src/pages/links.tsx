import { useTitle } from '../parts/use-title.ts';

export default function Page() {
  useTitle('Links');
  return <h1>Links</h1>;
}

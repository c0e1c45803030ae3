import { useTitle } from '../parts/use-title.ts';

export default function Page() {
  useTitle('Feed');
  return <h1>Feed</h1>;
}

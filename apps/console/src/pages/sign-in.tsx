import { useTitle } from '../parts/use-title.ts';

export default function Page() {
  useTitle('Sign in');
  return <h1>Sign in</h1>;
}

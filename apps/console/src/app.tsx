import { LocationProvider } from 'preact-iso';
import { Frame } from './parts/frame.tsx';

/** The whole console. */
export function App() {
  return (
    <LocationProvider scope="/console">
      <Frame />
    </LocationProvider>
  );
}

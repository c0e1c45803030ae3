import { LocationProvider, Route, Router } from 'preact-iso';
import NotFound from './pages/not-found.tsx';
import { PAGES } from './pages.ts';
import { Header } from './parts/header.tsx';

/** The whole console: a header, and the page that the address names. */
export function App() {
  return (
    <LocationProvider scope="/console">
      <Header />
      <main id="content" tabIndex={-1}>
        <Router>
          {PAGES.map(({ path, component }) => (
            <Route key={path} path={path} component={component} />
          ))}
          <Route default component={NotFound} />
        </Router>
      </main>
    </LocationProvider>
  );
}

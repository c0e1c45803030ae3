import { LocationProvider, Route, Router } from 'preact-iso';
import { Ingest } from './pages/ingest.tsx';
import { Network } from './pages/network.tsx';
import { NotFound } from './pages/not-found.tsx';
import { Search } from './pages/search.tsx';
import { Header } from './parts/header.tsx';

/** The whole console: a header, and the page that the address names. */
export function App() {
  return (
    <LocationProvider scope="/console">
      <Header />
      <main id="content" tabIndex={-1}>
        <Router>
          <Route path="/console/" component={Network} />
          <Route path="/console/search" component={Search} />
          <Route path="/console/ingest" component={Ingest} />
          <Route default component={NotFound} />
        </Router>
      </main>
    </LocationProvider>
  );
}

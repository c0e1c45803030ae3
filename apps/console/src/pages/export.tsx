import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { Page } from '../parts/page.tsx';
import { ExportForm } from './export/export-form.tsx';
import { ExportRun } from './export/export-run.tsx';
import type { ExportFormat } from './export/read-export.ts';
import './export/export.css';

const LEAD =
  'Everything an account has made public: posts, likes, follows, profile, records of other apps; not the pictures and videos themselves. It comes from the account’s own server, and each block of it is checked against the account’s signature.';

/** An account's repository as a file: what it has, and the way to keep it. */
export default function Export() {
  const { query } = useLocation();
  const [wanted, setWanted] = useState<{ account: string; format: ExportFormat; turn: number }>();
  return (
    <Page title="Export a repository" tabTitle="Export" lead={LEAD}>
      <ExportForm
        account={query.account ?? ''}
        ask={(account, format) => setWanted({ account, format, turn: (wanted?.turn ?? 0) + 1 })}
      />
      {wanted === undefined ? null : <ExportRun key={wanted.turn} account={wanted.account} format={wanted.format} />}
    </Page>
  );
}

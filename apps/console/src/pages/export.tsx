import { useState } from 'preact/hooks';
import { useLocation } from 'preact-iso';
import { Button } from '../parts/button.tsx';
import { Page } from '../parts/page.tsx';
import { Segments } from '../parts/segments.tsx';
import { ExportRun } from './export/export-run.tsx';
import type { ExportFormat } from './export/read-export.ts';
import './export/export.css';

const FORMATS = [
  { value: 'json', title: 'JSON' },
  { value: 'ndjson', title: 'NDJSON' },
] as const;

/** An account's repository as a file: what it has, and the way to keep it. */
export default function Export() {
  const { query } = useLocation();
  const [account, setAccount] = useState(query.account ?? '');
  const [format, setFormat] = useState<ExportFormat>('json');
  const [wanted, setWanted] = useState<{ account: string; format: ExportFormat; turn: number }>();
  const name = account.trim().replace(/^@/, '');
  return (
    <Page
      title="Export a repository"
      tabTitle="Export"
      lead="Everything an account has made public: posts, likes, follows, profile, records of other apps. It comes from the account’s own server, and each block of it is checked against the account’s signature."
    >
      <form
        class="export-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (name !== '') setWanted({ account: name, format, turn: (wanted?.turn ?? 0) + 1 });
        }}
      >
        <div class="field">
          <label for="account">Account</label>
          <input
            id="account"
            type="text"
            autoComplete="off"
            autocapitalize="off"
            spellcheck={false}
            placeholder="alice.example.com or did:plc:…"
            maxLength={2_048}
            value={account}
            onInput={(event) => setAccount(event.currentTarget.value)}
          />
        </div>
        <div class="choices">
          <Segments label="Format" name="format" options={FORMATS} chosen={format} choose={setFormat} />
          <Button kind="primary" type="submit" isDisabled={name === ''}>
            Fetch it
          </Button>
        </div>
        <p class="hint">
          {format === 'json'
            ? 'One object: posts, likes, reposts, follows, blocks, profile and the rest, each as a list.'
            : 'A record a line, in the order of their paths: for programs that read line by line.'}
        </p>
      </form>
      {wanted === undefined ? null : <ExportRun key={wanted.turn} account={wanted.account} format={wanted.format} />}
    </Page>
  );
}

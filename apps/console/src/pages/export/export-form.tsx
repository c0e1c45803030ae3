import { useState } from 'preact/hooks';
import { Button } from '../../parts/button.tsx';
import { Segments } from '../../parts/segments.tsx';
import type { ExportFormat } from './read-export.ts';

const FORMATS = [
  { value: 'json', title: 'JSON' },
  { value: 'ndjson', title: 'NDJSON' },
] as const;
const HINTS: Readonly<Record<ExportFormat, string>> = {
  json: 'One object: posts, likes, reposts, follows, blocks, profile and the rest, each as a list.',
  ndjson: 'A record a line, in the order of their paths: for programs that read line by line.',
};

interface ExportFormProps {
  /** To begin with. */
  readonly account: string;
  readonly ask: (account: string, format: ExportFormat) => void;
}

/** Whose repository, and in which format. */
export function ExportForm({ account: known, ask }: ExportFormProps) {
  const [account, setAccount] = useState(known);
  const [format, setFormat] = useState<ExportFormat>('json');
  const name = account.trim().replace(/^@/, '');
  return (
    <form
      class="export-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (name !== '') ask(name, format);
      }}
    >
      <div class="field">
        <label for="account">Account</label>
        <AccountInput value={account} change={setAccount} />
      </div>
      <div class="choices">
        <Segments label="Format" name="format" options={FORMATS} chosen={format} choose={setFormat} />
        <Button kind="primary" type="submit" isDisabled={name === ''}>
          Fetch it
        </Button>
      </div>
      <p class="hint">{HINTS[format]}</p>
    </form>
  );
}

function AccountInput({ value, change }: { value: string; change: (account: string) => void }) {
  return (
    <input
      id="account"
      type="text"
      autoComplete="off"
      autocapitalize="off"
      spellcheck={false}
      placeholder="alice.example.com or did:plc:…"
      maxLength={2_048}
      value={value}
      onInput={(event) => change(event.currentTarget.value)}
    />
  );
}

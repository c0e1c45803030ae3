import { useEffect, useState } from 'preact/hooks';
import { formatCount } from '../../data/format.ts';
import { adviceFor, type RequestError } from '../../data/request.ts';
import { Button } from '../../parts/button.tsx';
import { Bytes } from '../../parts/bytes.tsx';
import { Counts } from '../../parts/counts.tsx';
import { type Exported, type ExportFormat, type ExportProgress, readExport } from './read-export.ts';

type State =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'coming'; readonly progress: ExportProgress }
  | { readonly kind: 'done'; readonly exported: Exported; readonly href: string }
  | { readonly kind: 'failed'; readonly error: RequestError }
  | { readonly kind: 'stopped' };

/** One export, from its first byte to a file. */
export function ExportRun({ account, format }: { account: string; format: ExportFormat }) {
  const { state, stop } = useExport(account, format);
  const progress = state.kind === 'done' ? state.exported : state.kind === 'coming' ? state.progress : undefined;
  return (
    <section class="panel export-run" aria-label="The export">
      <div role="status">
        <Sentence state={state} account={account} />
      </div>
      {state.kind === 'waiting' || state.kind === 'coming' ? (
        <>
          <progress aria-label="Fetching" />
          <Button onClick={stop}>Stop</Button>
        </>
      ) : null}
      {state.kind === 'done' ? (
        <a class="button primary" href={state.href} download={state.exported.fileName}>
          Save {state.exported.fileName}
        </a>
      ) : null}
      {progress === undefined ? null : <Contents progress={progress} isDone={state.kind === 'done'} />}
    </section>
  );
}

function Sentence({ state, account }: { state: State; account: string }) {
  const name = <bdi>{account}</bdi>;
  switch (state.kind) {
    case 'waiting':
      return (
        <p>
          The server of {name} is asked for everything. A large account takes some minutes before the first record
          comes.
        </p>
      );
    case 'coming':
      return <p>The records of {name} are coming.</p>;
    case 'done':
      return (
        <p>
          The whole repository of {name} is here: <Bytes bytes={state.exported.bytes} />. Save it to keep it.
        </p>
      );
    case 'stopped':
      return <p>Stopped. Nothing is kept.</p>;
    default:
      return (
        <p class="notice">
          <strong>
            <bdi>{state.error.message}</bdi>
          </strong>{' '}
          {exportAdvice(state.error)}
        </p>
      );
  }
}

function exportAdvice(error: RequestError): string {
  if (error.status === 404) return 'Look at the spelling, or use the account’s DID.';
  if (error.status === 502 || error.status === 504)
    return 'It is the account’s own server that fails, so only time helps. Try again later.';
  if (error.status === 401) return 'The account’s server gives its repository to nobody.';
  return adviceFor(error);
}

function Contents({ progress: { counts, bytes }, isDone }: { progress: ExportProgress; isDone: boolean }) {
  const records = counts.reduce((sum, [, count]) => sum + count, 0);
  return (
    <>
      <p class="quiet">
        {formatCount(records)} {records === 1 ? 'record' : 'records'}
        {isDone ? (
          ''
        ) : (
          <>
            {' '}
            so far, <Bytes bytes={bytes} />
          </>
        )}
      </p>
      <Counts
        counts={counts.map(([collection, count]) => ({
          key: collection,
          name: <bdi>{collection}</bdi>,
          count,
        }))}
        none={isDone ? 'It holds no record.' : ''}
      />
    </>
  );
}

function useExport(account: string, format: ExportFormat) {
  const [state, setState] = useState<State>({ kind: 'waiting' });
  const [running] = useState(() => new AbortController());
  useEffect(() => {
    let href = '';
    readExport({ account, format }, (progress) => setState({ kind: 'coming', progress }), running.signal).then(
      (exported) => {
        href = URL.createObjectURL(exported.file);
        setState({ kind: 'done', exported, href });
      },
      (error: RequestError) => setState(running.signal.aborted ? { kind: 'stopped' } : { kind: 'failed', error }),
    );
    return () => {
      running.abort();
      URL.revokeObjectURL(href);
    };
  }, [account, format, running]);
  return { state, stop: () => running.abort() };
}

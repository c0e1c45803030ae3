import './preview/preview.css';
import type { FeedSettingsView } from '@updraft/console-api/views';
import { ActionError } from '../../parts/action-error.tsx';
import { Button } from '../../parts/button.tsx';
import { Notice } from '../../parts/notice.tsx';
import { CopyButton } from './frame/copy-button.tsx';
import { HostPage } from './frame/host-page.tsx';
import { Toast } from './frame/toast.tsx';
import { Overrides } from './preview/overrides.tsx';
import { asEntry, readSettingFaults } from './preview/setting-faults.ts';
import { SettingsText } from './preview/settings-text.tsx';
import { TwoLists } from './preview/two-lists.tsx';
import { type PreviewState, usePreview } from './preview/use-preview.ts';
import { useSaving } from './preview/use-saving.ts';

/** What a feed would have with other settings, before they are saved. */
export default function Preview() {
  return (
    <HostPage title="Preview" need="host">
      {(feed) => <PreviewOf key={feed} feed={feed} />}
    </HostPage>
  );
}

function PreviewOf({ feed }: { feed: string }) {
  const state = usePreview(feed);
  const { present, readError, settings, answer } = state;
  const saving = useSaving(feed, state);
  if (present === undefined)
    return readError === undefined ? <p class="quiet">Loading …</p> : <Notice error={readError} hasValue={false} />;
  return (
    <>
      <Lead present={present} />
      <Notice error={readError} hasValue />
      <Toast message={saving.message} onClose={saving.closeMessage} />
      <Overrides present={present} onBack={saving.goBack} />
      <Editor feed={feed} state={state} saving={saving} />
      {answer === undefined ? null : <TwoLists feed={feed} answer={answer} isOld={answer.settings !== settings} />}
    </>
  );
}

function Lead({ present: { changeable } }: { present: FeedSettingsView }) {
  if (changeable.length === 0) return <p class="lead">These settings are changed in feeds.yaml only.</p>;
  return (
    <p class="lead">
      Change the settings, run them to see what they would do, then save. You can change{' '}
      {changeable.map((name, index) => (
        <span key={name}>
          {index === 0 ? '' : index === changeable.length - 1 ? ' and ' : ', '}
          <code>{name}</code>
        </span>
      ))}
      ; all else is changed in feeds.yaml.
    </p>
  );
}

interface EditorProps {
  readonly feed: string;
  readonly state: PreviewState;
  readonly saving: ReturnType<typeof useSaving>;
}

function Editor({ feed, state, saving: { save, fault: refusal } }: EditorProps) {
  const { present, settings, write, forget, isChanged, isStale, run, answer } = state;
  const isTried = answer?.settings === settings && run.error === undefined;
  const fault = run.error ?? refusal;
  const isToldElsewhere = save.error?.code === 'InvalidRequest' || (isStale && save.error?.status === 409);
  return (
    <>
      <Meanwhile state={state} />
      <SettingsText
        text={settings}
        faults={fault === undefined ? [] : readSettingFaults(fault.message)}
        onText={write}
        onRun={() => void run.run()}
      />
      <div class="actions">
        <Button kind={isTried ? 'plain' : 'primary'} isBusy={run.isBusy} onClick={() => void run.run()}>
          {run.isBusy ? 'Building …' : 'Run'}
        </Button>
        {present?.changeable.length === 0 ? null : (
          <Button
            kind={isTried && isChanged ? 'primary' : 'plain'}
            isBusy={save.isBusy}
            isDisabled={!isTried || !isChanged || isStale}
            title={isTried ? undefined : 'Run them first'}
            onClick={() => void save.run()}
          >
            {save.isBusy ? 'Saving …' : 'Save'}
          </Button>
        )}
        <Button isDisabled={!isChanged} onClick={forget}>
          Undo my changes
        </Button>
        <CopyButton text={asEntry(feed, settings)} title="Copy the entry" />
      </div>
      <ActionError error={isToldElsewhere ? undefined : save.error} />
    </>
  );
}

/** Two hosts who change the same: whoever comes second sees what the first saved, and chooses. */
function Meanwhile({ state: { present, isStale, forget, keepMine } }: { state: PreviewState }) {
  return (
    <div role="status">
      {isStale ? (
        <div class="notice meanwhile">
          <p>
            <strong>These settings were saved meanwhile</strong>
            {present?.changedBy === undefined ? null : (
              <>
                {' '}
                by <bdi>{present.changedBy}</bdi>
              </>
            )}
            . Saving yours replaces theirs.
          </p>
          <div class="actions">
            <Button onClick={forget}>Take what is there now</Button>
            <Button onClick={() => keepMine()}>Go on with mine</Button>
          </div>
        </div>
      ) : null}
    </div>
  );
}

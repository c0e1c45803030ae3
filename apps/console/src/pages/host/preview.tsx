import './preview/preview.css';
import { Button } from '../../parts/button.tsx';
import { Notice } from '../../parts/notice.tsx';
import { CopyButton } from './frame/copy-button.tsx';
import { HostPage } from './frame/host-page.tsx';
import { asEntry, readSettingFaults } from './preview/setting-faults.ts';
import { SettingsText } from './preview/settings-text.tsx';
import { TwoLists } from './preview/two-lists.tsx';
import { usePreview } from './preview/use-preview.ts';

/** What a feed would have with other settings, before they are saved. */
export default function Preview() {
  return (
    <HostPage title="Preview" need="host">
      {(feed) => <PreviewOf key={feed} feed={feed} />}
    </HostPage>
  );
}

function PreviewOf({ feed }: { feed: string }) {
  const { saved, readError, settings, write, isChanged, run, isBusy, error, answer } = usePreview(feed);
  if (saved === undefined && !isChanged)
    return readError === undefined ? <p class="quiet">Loading …</p> : <Notice error={readError} hasValue={false} />;
  return (
    <>
      <p class="lead">
        Change the settings and look what they would do. Nothing is saved here: the new entry goes into feeds.yaml.
      </p>
      <Notice error={readError} hasValue />
      <SettingsText
        text={settings}
        faults={error === undefined ? [] : readSettingFaults(error.message)}
        onText={write}
        onRun={() => void run()}
      />
      <div class="actions">
        <Button kind="primary" isBusy={isBusy} onClick={() => void run()}>
          {isBusy ? 'Building …' : 'Run'}
        </Button>
        <Button isDisabled={!isChanged} onClick={() => write(undefined)}>
          Back to the present settings
        </Button>
        <CopyButton text={asEntry(feed, settings)} title="Copy the new entry" />
      </div>
      {answer === undefined ? null : <TwoLists feed={feed} answer={answer} isOld={answer.settings !== settings} />}
    </>
  );
}

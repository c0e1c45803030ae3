import { useRef } from 'preact/hooks';
import { type SettingFault, spanOfLine } from './setting-faults.ts';

interface SettingsTextProps {
  readonly text: string;
  readonly faults: readonly SettingFault[];
  readonly onText: (text: string) => void;
  readonly onRun: () => void;
}

/** The settings, with their lines' numbers. Faults stand below, each with the way to its line. */
export function SettingsText({ text, faults, onText, onRun }: SettingsTextProps) {
  const box = useRef<HTMLTextAreaElement>(null);
  const lines = text.split('\n').length;
  const goTo = (line: number): void => {
    box.current?.focus();
    box.current?.setSelectionRange(...spanOfLine(text, line));
  };
  return (
    <>
      <div class="settings">
        <LineNumbers text={text} faults={faults} />
        <label class="unseen" for="settings">
          The feed’s settings, in YAML
        </label>
        <textarea
          id="settings"
          ref={box}
          rows={Math.max(8, lines + 1)} // the page scrolls, not the box: the numbers stay beside their lines
          spellcheck={false}
          autoCapitalize="none"
          wrap="off"
          maxLength={20_000}
          aria-invalid={faults.length > 0}
          aria-describedby="setting-faults"
          value={text}
          onInput={(event) => onText(event.currentTarget.value)}
          onKeyDown={(event) => runOnEnter(event, onRun)}
        />
      </div>
      <p class="hint">
        <kbd>Ctrl</kbd> <kbd>Enter</kbd> runs them.
      </p>
      <Faults faults={faults} onLine={goTo} />
    </>
  );
}

function runOnEnter(event: KeyboardEvent, onRun: () => void): void {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  onRun();
}

function Faults({ faults, onLine }: { faults: readonly SettingFault[]; onLine: (line: number) => void }) {
  return (
    <div id="setting-faults" role="alert">
      <ul class="faults">
        {faults.map(({ line, text: fault }, index) => (
          <li key={index} class="notice">
            {line === undefined ? null : (
              <button type="button" class="button quiet" onClick={() => onLine(line)}>
                Line {line}
              </button>
            )}{' '}
            <bdi>{fault}</bdi>
          </li>
        ))}
      </ul>
    </div>
  );
}

function LineNumbers({ text, faults }: { text: string; faults: readonly SettingFault[] }) {
  const faulty = new Set(faults.map(({ line }) => line));
  return (
    <ol aria-hidden="true">
      {text.split('\n').map((_, index) => (
        <li key={index} class={faulty.has(index + 1) ? 'faulty' : undefined}>
          {index + 1}
        </li>
      ))}
    </ol>
  );
}

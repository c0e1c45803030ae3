import { type Theme, useTheme } from '../data/theme.ts';

/** Chooses the colours. */
export function ThemeSwitch() {
  const [theme, choose] = useTheme();
  return (
    <label class="theme">
      Colours
      <select value={theme} onChange={({ currentTarget }) => choose(currentTarget.value as Theme)}>
        <option value="auto">Auto</option>
        <option value="light">Light</option>
        <option value="dark">Dark</option>
      </select>
    </label>
  );
}

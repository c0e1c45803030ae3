// Runs before the first paint, so that the colours that the reader chose are there from the start: see data/theme.ts.
try {
  const theme = localStorage.getItem('updraft-theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // A browser that stores nothing shows what its system prefers.
}

/** Shows how far something has come: a bar on a terminal, a line now and then elsewhere. */
export interface ProgressBar {
  update(done: number): void;
  end(): void;
}

const WIDTH = 40;
const LINE_EVERY_MS = 5_000;

export function createProgressBar(total: number, target: NodeJS.WriteStream = process.stderr): ProgressBar {
  const startedAt = performance.now();
  let lastLineAt = startedAt;
  const text = (done: number) => {
    const rate = Math.round(done / ((performance.now() - startedAt) / 1_000));
    return `${Math.floor((100 * done) / total)} %  ${done.toLocaleString('en')} events  ${rate.toLocaleString('en')}/s`;
  };
  return {
    update(done) {
      if (target.isTTY) {
        const filled = Math.floor((WIDTH * done) / total);
        target.write(`\r\x1b[K[${'█'.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${text(done)}`);
      } else if (performance.now() - lastLineAt >= LINE_EVERY_MS) {
        lastLineAt = performance.now();
        target.write(`${text(done)}\n`);
      }
    },
    end: () => void (target.isTTY && target.write('\n')),
  };
}

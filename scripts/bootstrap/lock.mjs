import { rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const touchMs = 2_000;
const staleMs = 15_000;

/** Runs `work` under a lock in this folder. A lock that its holder has not touched for a while is taken over. */
export async function withLock(path, out, work) {
  for (let told = false; !(await take(path)); told = true) {
    if (!told) out.write('Waiting for another installation in this folder…\n');
    await delay(300);
  }
  const ignoreTakeover = () => {};
  const touch = setInterval(() => void utimes(path, new Date(), new Date()).catch(ignoreTakeover), touchMs);
  try {
    return await work();
  } finally {
    clearInterval(touch);
    await rm(path, { force: true });
  }
}

async function take(path) {
  try {
    await writeFile(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const touched = await stat(path).catch(() => undefined); // it is free again
  if (touched !== undefined && Date.now() - touched.mtimeMs > staleMs) await rm(path, { force: true });
  return false;
}

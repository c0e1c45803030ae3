// `npm start` and `npm test` begin here, on whatever Node the machine has. Kept to old syntax, so that an old Node can say so.
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    `Updraft needs Node 20 or newer; this is ${process.version}. Install a current one from https://nodejs.org.`,
  );
  process.exitCode = 1;
} else {
  void import('./bootstrap/main.mjs').then((module) => module.main(process.argv.slice(2)));
}

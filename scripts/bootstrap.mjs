// `npm start`, `npm test` and `npm run console:dev` begin here, on any Node. The syntax is old, so that an old Node can say that it is too old.
const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(
    `Updraft needs Node 20 or newer, and this is ${process.version}. Install a current one from https://nodejs.org.`,
  );
  process.exitCode = 1;
} else {
  void import('./bootstrap/main.mjs').then((module) => module.main(process.argv.slice(2)));
}

// Runs tests by vitest, under settings of ours. The project's code runs in other processes; what became of each test is
// told by vitest's own process.

const escaped = (file) => file.replace(/[()[\]{}!*?@+|\\]/g, "\\$&");
const relative = (file) => path.relative(process.cwd(), file);

function settingsFrom({ alias = [], define, environment, globals, setupFiles = [] }) {
  const finds = alias.map(({ find, replacement }) => ({
    find: typeof find === "string" ? find : new RegExp(find.source, find.flags),
    replacement,
  }));
  const vitest = { find: /^vitest$/, replacement: path.join(asked.tools, "vitest/dist/index.js") };
  const vite = {
    configFile: false, root: process.cwd(), cacheDir: ".cache/vite", define: define ?? {},
    esbuild: { jsx: "automatic" }, resolve: { alias: [vitest, ...finds] }, logLevel: "silent",
    server: { watch: null, host: "127.0.0.1", fs: { strict: false } },
  };
  const test = {
    config: false, root: process.cwd(), watch: false, run: true, dir: process.cwd(),
    include: [...asked.tests, ...asked.canaries.map((canary) => canary.file)].map(escaped), exclude: [],
    environment: typeof environment === "string" ? environment : asked.pages ? "jsdom" : "node",
    globals: globals !== false, setupFiles, pool: "forks", maxWorkers: 2, minWorkers: 1, allowOnly: false, bail: 0,
    retry: 0, passWithNoTests: true, coverage: { enabled: false }, includeTaskLocation: true, silent: true,
    testTimeout: 20000, api: false,
  };
  return { vite, test };
}

function told(test) {
  const titles = [test.name];
  for (let at = test.parent; at?.type === "suite"; at = at.parent) titles.unshift(at.name);
  const { state: ended, errors = [] } = test.result();
  // One that passes because it fails proves nothing.
  const state = test.options.fails && ended === "passed" ? "skipped" : ended;
  const [error] = errors;
  return {
    titles, status: state, seconds: (test.diagnostic()?.duration ?? 0) / 1000, line: test.location?.line ?? null,
    message: error ? String(error.message) : "", detail: error ? String(error.stack ?? error.message) : "",
  };
}

const failure = (error) => ({ message: String(error?.message ?? error), detail: String(error?.stack ?? "") });

main(async () => {
  lendTools();
  let choices;
  try {
    choices = choicesForTests();
  } catch (error) {
    return { modules: [], errors: [{ file: error.file, message: error.message, detail: error.detail ?? error.stack }] };
  }
  for (const { file, failing, passing, secret } of asked.canaries) {
    const [text, other] = [JSON.stringify(secret), JSON.stringify(failing)];
    const lines = [
      'import { expect, test } from "vitest";',
      `test(${JSON.stringify(failing)}, () => { expect(${other}).toBe(${text}); });`,
      `test(${JSON.stringify(passing)}, () => { expect(${text}).toBe(${text}); });`,
    ];
    fs.writeFileSync(file, `${lines.join("\n")}\n`, { flag: "wx" });
  }
  const { startVitest } = await loadModule("vitest/dist/node.js");
  const { vite, test } = settingsFrom(choices);
  const said = { modules: [], errors: [] };
  const reporter = {
    onTestRunEnd(modules, unhandled) {
      said.errors = unhandled.map(failure);
      said.modules = [...modules].map((module) => ({
        file: relative(module.moduleId),
        errors: [...module.errors(), ...[...module.children.allSuites()].flatMap((suite) => suite.errors())].map(failure),
        tests: [...module.children.allTests()].map(told),
      }));
      said.ended = true;
    },
  };
  const vitest = await startVitest("test", [], { ...test, reporters: [reporter] }, vite);
  await vitest?.close();
  return said;
});

// What a project declares and chooses for its tools; without executing anything of it here.

const { spawnSync } = require("node:child_process");
const CONFIGS = ["vitest.config", "vite.config"].flatMap((name) => ["ts", "mts", "js", "mjs"].map((end) => `${name}.${end}`));

function declaredNames() {
  const { dependencies = {}, devDependencies = {} } = readJson("package.json");
  return new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
}

// Tools that the project declares, and that are not installed for it, are ours: its settings import them.
function lendTools() {
  for (const name of declaredNames()) {
    const lent = path.join(asked.tools, name);
    const [own, installed] = [path.resolve("node_modules", name), path.join("/node_modules", name)];
    if (!/^(@[\w.-]+\/)?[\w-][\w.-]*$/.test(name) || !fs.existsSync(lent) || fs.existsSync(own) || fs.existsSync(installed)) continue;
    fs.mkdirSync(path.dirname(own), { recursive: true });
    fs.symlinkSync(lent, own);
  }
}

const CHOICE = `
(async () => {
  const { loadConfigFromFile } = await import(VITE);
  const loaded = await loadConfigFromFile({ command: "serve", mode: "test" }, FILE, process.cwd(), "silent");
  const { resolve = {}, define, test = {} } = loaded?.config ?? {};
  const listed = Array.isArray(resolve.alias) ? resolve.alias : Object.entries(resolve.alias ?? {}).map(([find, replacement]) => ({ find, replacement }));
  const alias = listed
    .filter(({ replacement }) => typeof replacement === "string")
    .map(({ find, replacement }) => ({ find: find instanceof RegExp ? { source: find.source, flags: find.flags } : String(find), replacement }));
  const { environment, globals, setupFiles } = test;
  require("node:fs").writeSync(1, "\\n" + JSON.stringify({ alias, define, environment, globals, setupFiles }) + "\\n");
  process.exit(0);
})();
`;

// What of its settings for tests counts: where modules are found, and what they run in. Read in a process of its own,
// since they are a program.
function choicesForTests() {
  const file = CONFIGS.find((each) => fs.existsSync(each));
  if (!file) return {};
  const vite = pathToFileURL(path.join(asked.tools, "vite/dist/node/index.js")).href;
  const text = CHOICE.replace("VITE", JSON.stringify(vite)).replace("FILE", JSON.stringify(path.resolve(file)));
  const { status, stdout, stderr } = spawnSync(process.execPath, ["-"], { input: text, encoding: "utf8", timeout: 60000 });
  try {
    if (status === 0) return JSON.parse(stdout.trim().split("\n").at(-1));
  } catch {
    // told below
  }
  throw Object.assign(new Error(`${file} cannot be read`), { file, detail: String(stderr).slice(-1500) });
}

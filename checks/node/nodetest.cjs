// Runs tests by Node's own runner, a process for each file. The last tests of each are ours: a process that ends before
// its tests do is told by their absence.

const { run } = require("node:test");

function wrap({ file, wrapper, failing, passing, secret }) {
  const lines = [
    'import { test } from "node:test";',
    `import ${JSON.stringify(`./${path.basename(file)}`)};`,
    `test(${JSON.stringify(failing)}, () => { throw new Error(${JSON.stringify(secret)}); });`,
    `test(${JSON.stringify(passing)}, () => {});`,
  ];
  fs.writeFileSync(wrapper, `${lines.join("\n")}\n`, { flag: "wx" });
}

function outcome(type, { skip, todo }) {
  if (skip !== undefined && skip !== false) return "skipped";
  if (todo !== undefined && todo !== false) return "skipped";
  return type === "test:pass" ? "passed" : "failed";
}

async function ran(each) {
  const whole = path.resolve(each.wrapper);
  const tests = [];
  const titles = [];
  const begun = new Map();
  const printed = [];
  const errors = [];
  const key = ({ nesting, name, line }) => `${nesting}\0${line}\0${name}`;
  for await (const { type, data } of run({ files: [whole], timeout: asked.seconds * 1000 })) {
    if (type === "test:stderr" || type === "test:stdout") printed.push(String(data.message));
    if (data?.name === whole || data?.name === undefined) {
      if (type === "test:fail") errors.push(String(data.details?.error?.message ?? "it failed"));
      continue;
    }
    if (type === "test:enqueue") begun.set(key(data), [...(begun.get(key(data)) ?? []), data]);
    if (type === "test:start") titles.splice(data.nesting, titles.length, data.name);
    if (type !== "test:pass" && type !== "test:fail") continue;
    begun.get(key(data))?.pop();
    const error = data.details?.error;
    const cause = error?.cause ?? error;
    const suite = data.details?.type === "suite";
    if (suite && (type === "test:pass" || error?.failureType === "subtestsFailed")) continue;
    tests.push({
      titles: [...titles.slice(0, data.nesting), data.name], status: outcome(type, data),
      seconds: (data.details?.duration_ms ?? 0) / 1000, line: data.line ?? null,
      message: type === "test:fail" ? String(cause?.message ?? cause) : "",
      detail: type === "test:fail" ? String(cause?.stack ?? cause) : "",
    });
  }
  for (const data of [...begun.values()].flat()) {
    tests.push({ titles: [data.name], status: "pending", seconds: 0, line: data.line ?? null, message: "", detail: "" });
  }
  const tail = printed.join("").slice(-2000);
  const why = /^\w*Error\b.*$/m.exec(tail)?.[0];
  // That a test failed is told by the test.
  const own = tests.some((test) => test.titles[0] === each.passing && test.status === "passed");
  return { file: each.file, errors: own ? [] : errors.map((message) => ({ message: why ?? message, detail: tail })), tests };
}

main(async () => {
  asked.canaries.forEach(wrap);
  const waiting = [...asked.canaries];
  const modules = [];
  const worker = async () => {
    for (let each = waiting.shift(); each; each = waiting.shift()) modules.push(await ran(each));
  };
  await Promise.all([worker(), worker()]);
  return { modules: modules.sort((a, b) => (a.file < b.file ? -1 : 1)), errors: [], ended: true };
});

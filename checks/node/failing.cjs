// Makes tests fail: each `test("...", () => { ... })` that runs to its end throws there. Tells their titles, but those
// that other calls have, too. Nothing of the project is run.

const NAMES = ["test", "it"];
const APART = /\b(expectFailure|fails|todo)\b/; // files in which something may pass because it fails

function within(ts, node, found) {
  if (ts.isCallExpression(node) && node.arguments.length > 0 && ts.isStringLiteralLike(node.arguments[0])) {
    found.push({ title: node.arguments[0].text, body: runsToItsEnd(ts, node) ? node.arguments[1].body : null });
  }
  ts.forEachChild(node, (each) => void within(ts, each, found));
  return found;
}

function runsToItsEnd(ts, { expression, arguments: given }) {
  if (!ts.isIdentifier(expression) || !NAMES.includes(expression.text) || given.length !== 2) return false;
  return isFunction(ts, given[1]) && !given[1].asteriskToken && !returns(ts, given[1].body);
}

const isFunction = (ts, node) => ts.isArrowFunction(node) || ts.isFunctionExpression(node);

function returns(ts, node) {
  if (ts.isReturnStatement(node)) return true;
  return !ts.isFunctionLike(node) && (ts.forEachChild(node, (each) => returns(ts, each) || undefined) ?? false);
}

function insertions(ts, body, ending) {
  if (ts.isBlock(body)) return [[body.end - 1, `;${ending}`]];
  return [[body.getStart(), "{("], [body.end, `);${ending}}`]];
}

main(async () => {
  const ts = load("typescript");
  const made = {};
  for (const file of asked.tests) {
    const text = read(file);
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    if (source.parseDiagnostics.length > 0 || APART.test(text)) continue;
    const calls = within(ts, source, []);
    const found = calls.filter(({ body }) => body !== null);
    const others = new Set(calls.filter(({ body }) => body === null).map(({ title }) => title));
    const ending = `throw new Error(${JSON.stringify(asked.secret)});`;
    const edits = found.flatMap(({ body }) => insertions(ts, body, ending)).sort(([one], [other]) => other - one);
    fs.writeFileSync(file, edits.reduce((all, [at, more]) => all.slice(0, at) + more + all.slice(at), text));
    made[file] = found.map(({ title }) => title).filter((title) => !others.has(title));
  }
  return made;
});

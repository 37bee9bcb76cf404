// Parses every script: TypeScript with its own parser, the rest with the one of eslint.

const GOALS = { module: "module", script: "script", commonjs: "commonjs" };

function mistake({ file, text, goal }) {
  if (goal === "json") return jsonMistake(text);
  if (/\.[mc]?tsx?$/.test(file)) return typeScriptMistake(file, text);
  try {
    const options = { ecmaVersion: "latest", sourceType: GOALS[goal], ecmaFeatures: { jsx: file.endsWith(".jsx") } };
    load("espree").parse(text, options);
    return null;
  } catch (error) {
    if (typeof error.lineNumber !== "number") throw error;
    return { line: error.lineNumber, message: hinted(error.message, goal) };
  }
}

function hinted(message, goal) {
  if (!message.includes("'import' and 'export' may appear only")) return message;
  return `${message}${goal === "script" ? ": load it with <script type=\"module\">" : ""}`;
}

function jsonMistake(text) {
  try {
    JSON.parse(text.trim());
    return null;
  } catch (error) {
    return { line: text.slice(0, Math.max(0, text.search(/\S/))).split("\n").length, message: error.message };
  }
}

function typeScriptMistake(file, text) {
  const ts = load("typescript");
  const options = { jsx: ts.JsxEmit.Preserve, target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext };
  const told = ts.transpileModule(text, { fileName: file, reportDiagnostics: true, compilerOptions: options });
  const first = (told.diagnostics ?? []).find((each) => each.start !== undefined);
  if (!first) return null;
  return { line: text.slice(0, first.start).split("\n").length, message: ts.flattenDiagnosticMessageText(first.messageText, " ") };
}

main(async () => {
  const found = [];
  for (const script of scripts(asked.files).found) {
    const wrong = mistake(script);
    if (!wrong) continue;
    // What ends too early is wrong where its text ends.
    const line = Math.min(wrong.line, script.text.trimEnd().split("\n").length);
    found.push([script.file, null, line, wrong.message, lineOf(script.text, line), "error"]);
  }
  return found;
});

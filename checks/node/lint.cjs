// eslint's rules on the text of each script. Its settings are these: no file of the project is looked for, and no
// comment in one counts.

const FAULTS = {
  "constructor-super": "error", "for-direction": "error", "getter-return": "error", "no-class-assign": "error",
  "no-async-promise-executor": "error", "no-compare-neg-zero": "error", "no-cond-assign": "error",
  "no-const-assign": "error", "no-constant-binary-expression": "error", "no-debugger": "error",
  "no-delete-var": "error", "no-dupe-args": "error", "no-dupe-class-members": "error", "no-dupe-else-if": "error",
  "no-dupe-keys": "error", "no-duplicate-case": "error", "no-ex-assign": "error", "no-func-assign": "error",
  "no-global-assign": "error", "no-import-assign": "error", "no-invalid-regexp": "error",
  "no-loss-of-precision": "error", "no-new-native-nonconstructor": "error", "no-obj-calls": "error",
  "no-self-assign": "error", "no-setter-return": "error",
  "no-shadow-restricted-names": "error", "no-sparse-arrays": "error", "no-this-before-super": "error",
  "no-undef": "error", "no-unreachable": "error", "no-unsafe-finally": "error", "no-unsafe-negation": "error",
  "no-unsafe-optional-chaining": "error", "no-unused-vars": "error", "no-use-before-define": "error",
  "use-isnan": "error", "valid-typeof": "error",
};
const COMPILED = [
  "constructor-super", "getter-return", "no-class-assign", "no-const-assign", "no-dupe-args", "no-dupe-class-members",
  "no-dupe-keys", "no-func-assign", "no-import-assign", "no-new-native-nonconstructor", "no-obj-calls",
  "no-setter-return", "no-this-before-super", "no-undef", "no-unreachable", "no-unsafe-negation", "no-unused-vars",
  "no-use-before-define",
];
const HOOKS = {
  "react-hooks/rules-of-hooks": "error", "react-hooks/set-state-in-render": "error", "react-hooks/exhaustive-deps": "warn",
};
const TESTS = ["describe", "it", "test", "expect", "vi", "beforeAll", "beforeEach", "afterAll", "afterEach", "suite"];

const isCompiled = (file) => /\.[mc]?tsx?$/.test(file);
const isTest = (file) => /(^|\/)(__tests__|tests?)\/|\.(test|spec)\.[cm]?[jt]sx?$/.test(file);

function rulesFor(script, project) {
  const rules = { ...FAULTS };
  const unused = { args: "none", caughtErrors: "none", ignoreRestSiblings: true, varsIgnorePattern: "^(_|React$)" };
  // What a classic script declares, others and the page may use.
  rules["no-unused-vars"] = ["error", { ...unused, vars: script.goal === "script" ? "local" : "all" }];
  rules["no-use-before-define"] = ["error", { functions: false, classes: false, variables: false }];
  rules["no-cond-assign"] = ["error", "except-parens"];
  rules["no-self-assign"] = ["error", { props: false }];
  if (project.elsewhere && script.goal !== "commonjs") rules["no-undef"] = "warn"; // scripts from elsewhere declare what they like
  for (const rule of isCompiled(script.file) ? COMPILED : []) rules[rule] = "off";
  return /\.[jt]sx$/.test(script.file) ? { ...rules, ...HOOKS } : rules;
}

function globalsFor(script, project) {
  const globals = load("globals");
  const onNode =
    script.goal === "commonjs" || isTest(script.file) || /(^|\/)[\w.-]+\.config\.[cm]?[jt]s$/.test(script.file) ||
    /(from|import|require\s*\()\s*["']node:/.test(script.text) || script.text.startsWith("#!");
  const known = { ...globals.es2024 };
  const inPage = project.inPages.has(script.file);
  if (inPage || !onNode || isTest(script.file)) Object.assign(known, globals.browser, globals.serviceworker);
  if (onNode || !inPage) Object.assign(known, script.goal === "commonjs" ? globals.node : globals.nodeBuiltin);
  if (isTest(script.file)) for (const name of TESTS) known[name] = false;
  if (script.goal === "script") for (const name of project.shared) known[name] = true;
  if (!onNode) for (const name of project.onWindow) known[name] = true;
  return known;
}

// What classic scripts of one page declare for each other.
function sharedBy(found) {
  const names = new Set();
  const add = (pattern) => {
    if (pattern?.type === "Identifier") names.add(pattern.name);
    for (const each of pattern?.properties ?? []) add(each.value ?? each.argument);
    for (const each of pattern?.elements ?? []) add(each?.argument ?? each);
    if (pattern?.left) add(pattern.left);
  };
  for (const { text, goal } of found.filter((script) => script.goal === "script")) {
    let body = [];
    try {
      body = load("espree").parse(text, { ecmaVersion: "latest", sourceType: goal }).body;
    } catch {
      continue; // another check tells
    }
    for (const node of body) {
      if (node.id) add(node.id);
      for (const each of node.declarations ?? []) add(each.id);
    }
  }
  return names;
}

function onWindow(found) {
  const set = /\b(?:window|globalThis|self)\.([A-Za-z_$][\w$]*)\s*=(?!=)/g;
  return new Set(found.flatMap(({ text }) => [...text.matchAll(set)].map((each) => each[1])));
}

function configFor(script, project) {
  const compiled = isCompiled(script.file);
  const ours = script.file.endsWith(".jsx") || compiled; // its scopes know what JSX and types refer to
  return {
    files: ["**/*.{js,jsx,cjs,mjs,ts,tsx,mts,cts}"],
    plugins: { "react-hooks": load("eslint-plugin-react-hooks") },
    languageOptions: {
      ...(ours ? { parser: load("@typescript-eslint/parser") } : {}),
      ecmaVersion: "latest",
      sourceType: script.goal,
      globals: globalsFor(script, project),
      parserOptions: { ecmaFeatures: { jsx: /\.[jt]sx$/.test(script.file) } },
    },
    linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: "off" },
    rules: rulesFor(script, project),
  };
}

main(async () => {
  const { Linter } = load("eslint");
  const linter = new Linter({ configType: "flat" });
  const seen = scripts(asked.files);
  const found = seen.found.filter((script) => script.goal !== "json" && !/\.min\.[cm]?js$|\.d\.[cm]?ts$/.test(script.file));
  const project = { ...seen, shared: sharedBy(seen.found), onWindow: onWindow(seen.found) };
  const told = [];
  for (const script of found) {
    const filename = `script${script.inline ? ".js" : path.extname(script.file)}`;
    for (const { ruleId, message, line, severity, fatal } of linter.verify(script.text, [configFor(script, project)], { filename })) {
      if (fatal || !ruleId) continue; // that it does not parse, another check tells
      const said = message.split("\n")[0].replace(/^Error: /, ""); // React's compiler says more than that, with the code
      told.push([script.file, ruleId, line, said, lineOf(script.text, line), severity === 2 ? "error" : "warning"]);
    }
  }
  return told;
});

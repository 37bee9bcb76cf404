// The TypeScript compiler over all files of the project, without writing any. Of the project's own settings only those
// count that say what its code is written for.

const CHOSEN = ["jsx", "jsxImportSource", "target", "lib", "paths", "baseUrl", "experimentalDecorators", "emitDecoratorMetadata", "useDefineForClassFields"];
const SETTINGS = ["tsconfig.json", "tsconfig.app.json"];

const isConfig = (file) => /(^|\/)[\w.-]+\.config\.[cm]?ts$/.test(file);
const isTest = (file) => /\.(test|spec)\.[cm]?tsx?$/.test(file);

// Code for a browser is not compiled with what only Node.js has, unless there is some that is for Node.js.
function needsNode(texts, declared) {
  const builtIn = new RegExp(`(from|import|require\\s*\\()\\s*["'](node:|(${builtinModules.filter((each) => /^\w+$/.test(each)).join("|")})["'])`);
  const onNode = ([file, text]) => builtIn.test(text) || (isConfig(file) && /\b(__dirname|process)\b/.test(text));
  return declared.has("@types/node") || !asked.pages || texts.some(onNode);
}

function optionsOf(ts, node) {
  const own = {};
  for (const file of SETTINGS.filter((each) => fs.existsSync(each))) {
    const said = ts.parseConfigFileTextToJson(file, read(file)).config?.compilerOptions ?? {};
    for (const name of CHOSEN) if (name in said) own[name] = said[name];
  }
  const { options, errors } = ts.convertCompilerOptionsFromJson(own, process.cwd(), "tsconfig.json");
  const ours = {
    allowArbitraryExtensions: true, allowImportingTsExtensions: true, allowJs: true, allowUnreachableCode: false,
    checkJs: false, esModuleInterop: true, forceConsistentCasingInFileNames: true, isolatedModules: true,
    module: ts.ModuleKind.ESNext, moduleDetection: ts.ModuleDetectionKind.Force,
    moduleResolution: ts.ModuleResolutionKind.Bundler, noEmit: true, noFallthroughCasesInSwitch: true,
    noUnusedLocals: true, resolveJsonModule: true, skipLibCheck: true, strict: true,
    typeRoots: [`${asked.tools}/@types`], types: node ? ["node"] : [],
  };
  const usual = { jsx: ts.JsxEmit.ReactJSX, target: ts.ScriptTarget.ES2022 };
  return { options: { ...usual, ...options, ...ours }, errors };
}

function hostFor(ts, options) {
  const host = ts.createCompilerHost(options);
  const beside = `${asked.tools}/of-the-tools.ts`;
  // What the project does not have itself, such as the types of React, is the tools'.
  host.resolveModuleNameLiterals = (literals, file, redirected, given) =>
    literals.map(({ text }) => {
      const resolve = (from) => ts.resolveModuleName(text, from, given, host, undefined, redirected);
      const own = resolve(file);
      const typed = own.resolvedModule && /\.([mc]?tsx?|json)$/.test(own.resolvedModule.resolvedFileName);
      if (typed || /^[./]/.test(text)) return own;
      const tools = resolve(beside);
      return tools.resolvedModule && /\.[mc]?tsx?$/.test(tools.resolvedModule.resolvedFileName) ? tools : own;
    });
  return host;
}

function suppressions(ts, source) {
  const text = source.text;
  const found = (source.commentDirectives ?? []).map(({ range }) => range.pos);
  const off = /^\s*(\/\/|\/\*)[\s*]*@ts-nocheck\b/m.exec(text);
  if (source.checkJsDirective?.enabled === false) found.push(source.checkJsDirective.pos ?? off?.index ?? 0);
  return found.map((at) => source.getLineAndCharacterOfPosition(at).line + 1);
}

main(async () => {
  const ts = load("typescript");
  const { dependencies = {}, devDependencies = {} } = readJson("package.json");
  const declared = new Set([...Object.keys(dependencies), ...Object.keys(devDependencies)]);
  const texts = asked.files.map((file) => [file, read(file)]);
  const { options, errors } = optionsOf(ts, needsNode(texts, declared));
  const files = asked.files.map((file) => path.resolve(file));
  const known = [];
  if (declared.has("vite")) known.push(`${asked.tools}/vite/client.d.ts`);
  if (texts.some(([file, text]) => isTest(file) && !/["'](vitest|node:test)["']/.test(text))) known.push(`${asked.tools}/vitest/globals.d.ts`);
  const program = ts.createProgram([...files, ...known], options, hostFor(ts, options));
  const told = [];
  const tell = (source, line, rule, message) => {
    const file = source ? path.relative(process.cwd(), source.fileName) : "tsconfig.json";
    if (!file.startsWith("..")) told.push([file, rule, line, message, source && line ? lineOf(source.text, line) : "", "error"]);
  };
  for (const each of [...errors, ...ts.getPreEmitDiagnostics(program)]) {
    const message = ts.flattenDiagnosticMessageText(each.messageText, "\n");
    if (each.code === 6133 && /^'(React|_\w*)'/.test(message)) continue;
    const line = each.file ? each.file.getLineAndCharacterOfPosition(each.start ?? 0).line + 1 : null;
    tell(each.file, line, `TS${each.code}`, message);
  }
  for (const file of files) {
    const source = program.getSourceFile(file);
    for (const line of source ? suppressions(ts, source) : []) {
      tell(source, line, "suppressed", "a comment keeps the compiler from telling what is wrong here");
    }
  }
  return told;
});

// The scripts of a project: its files, and what stands in its pages; each as it will be read by who runs it.

const CLASSIC = /^(text|application)\/(x-)?(java|ecma)script$/i;

function scripts(files) {
  const pages = files.filter((file) => /\.html?$/i.test(file));
  const named = { module: new Set(), script: new Set(), elsewhere: false };
  const found = pages.flatMap((page) => inPage(page, named));
  for (const file of files.filter((each) => !pages.includes(each))) {
    const text = read(file);
    found.push({ file, text, goal: goalOf(file, text, named), inline: false });
  }
  return { found, elsewhere: named.elsewhere, inPages: reached([...named.module, ...named.script, ...pages], found) };
}

// What pages load, and what that imports: it runs in a browser.
function reached(starts, found) {
  const texts = new Map();
  for (const { file, text } of found) texts.set(file, `${texts.get(file) ?? ""}\n${text}`);
  const ends = ["", ".js", ".jsx", ".ts", ".tsx", ".mjs", "/index.js", "/index.jsx", "/index.ts", "/index.tsx"];
  const seen = new Set();
  for (const left = starts.slice(); left.length > 0; ) {
    const file = left.pop();
    if (seen.has(file) || !texts.has(file)) continue;
    seen.add(file);
    for (const [, name] of texts.get(file).matchAll(/(?:from|import|import\s*\()\s*["'](\.{0,2}\/[^"'\n]+)["']/g)) {
      left.push(...ends.map((end) => placeOf(file, name) + end));
    }
  }
  return seen;
}

function inPage(page, named) {
  const text = read(page).replace(/<!--[\s\S]*?-->/g, (comment) => comment.replace(/[^\n]/g, " "));
  const found = [];
  for (const each of text.matchAll(/<script\b((?:[^>"']|"[^"]*"|'[^']*')*)>([\s\S]*?)<\/script\s*>/gi)) {
    const [whole, attributes, body] = each;
    const type = attribute(attributes, "type") ?? "";
    const source = attribute(attributes, "src");
    const goal = type === "module" ? "module" : type === "" || CLASSIC.test(type) ? "script" : null;
    if (source !== null) {
      if (/^([a-z]+:)?\/\//i.test(source)) named.elsewhere = true;
      else if (goal !== null) named[goal].add(placeOf(page, source));
    } else {
      const json = /^(importmap|speculationrules|application\/(ld\+)?json)$/i.test(type) ? "json" : null;
      const before = text.slice(0, each.index + whole.indexOf(">", 7 + attributes.length) + 1);
      const lines = "\n".repeat(before.split("\n").length - 1);
      if (goal ?? json) found.push({ file: page, text: lines + body, goal: goal ?? json, inline: true });
    }
  }
  return found;
}

function attribute(attributes, name) {
  const found = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s>]+))`, "i").exec(attributes);
  return found ? (found[1] ?? found[2] ?? found[3]).trim() : null;
}

function placeOf(page, source) {
  const plain = source.replace(/[?#].*$/, "");
  return path.posix.normalize(plain.startsWith("/") ? plain.slice(1) : path.posix.join(path.posix.dirname(page), plain));
}

function goalOf(file, text, named) {
  if (/\.(ts|tsx|jsx|mts|cts)$/.test(file)) return "module";
  if (file.endsWith(".mjs") || named.module.has(file)) return "module";
  if (file.endsWith(".cjs")) return "commonjs";
  if (named.script.has(file)) return "script";
  if (packageType(path.posix.dirname(file)) === "module" || /^\s*(import\b(?!\s*\()|export\b)/m.test(text)) return "module";
  return /\brequire\s*\(|\bmodule\.exports\b|\bexports\.\w/.test(text) ? "commonjs" : "script";
}

const types = new Map();

function packageType(folder) {
  if (!types.has(folder)) {
    const file = path.posix.join(folder, "package.json");
    const type = fs.existsSync(file) ? (readJson(file).type ?? "commonjs") : null;
    types.set(folder, type ?? (folder === "." ? null : packageType(path.posix.dirname(folder))));
  }
  return types.get(folder);
}

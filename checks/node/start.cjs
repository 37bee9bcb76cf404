// What every program here begins with. `asked` is set before; nothing of the project is loaded by its name.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { builtinModules, createRequire } = require("node:module");
const { pathToFileURL } = require("node:url");

if (!fs.existsSync(asked.tools)) process.exit(asked.noTools);
const load = createRequire(`${asked.tools}/`);
const loadModule = (file) => import(pathToFileURL(path.join(asked.tools, file)).href);

function read(file) {
  return fs.readFileSync(file, "utf8").replace(/^\uFEFF/, "");
}

function readJson(file) {
  try {
    const said = JSON.parse(read(file));
    return said !== null && typeof said === "object" ? said : {};
  } catch {
    return {};
  }
}

function lineOf(text, number) {
  return (text.split("\n")[number - 1] ?? "").trim().slice(0, 200);
}

function main(work) {
  work()
    .then((said) => {
      fs.mkdirSync(path.dirname(asked.answer), { recursive: true });
      fs.writeFileSync(asked.answer, JSON.stringify(said), { flag: "wx", mode: 0o600 });
      process.exit(0);
    })
    .catch((error) => {
      console.error(error?.stack ?? String(error));
      process.exit(70);
    });
}

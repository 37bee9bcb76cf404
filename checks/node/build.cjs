// Builds a site with vite, by the project's own settings, into a folder of ours.

async function viteOf() {
  const places = [path.resolve("node_modules/vite"), "/node_modules/vite", path.join(asked.tools, "vite")];
  const found = places.find((each) => fs.existsSync(path.join(each, "dist/node/index.js")));
  return import(pathToFileURL(path.join(found, "dist/node/index.js")).href);
}

function mistake(error) {
  const root = `${process.cwd()}/`;
  const plain = (text) => String(text ?? "").replace(/\u001b\[[0-9;]*m/g, "").replaceAll(root, "");
  const named = /(?:from|in) "\/?([^"]+)"/.exec(plain(error.message))?.[1];
  const where = error.loc?.file ?? error.id ?? (named ? root + named : null);
  const file = where ? path.relative(root, String(where).replace(/[?].*$/, "")) : null;
  return {
    message: plain(error.message).slice(0, 1000), file: file && !file.startsWith("..") ? file : null,
    line: error.loc?.line ?? null, detail: plain(error.frame).slice(0, 2000),
  };
}

main(async () => {
  if (!declaredNames().has("vite")) return { declared: false, errors: [], page: false };
  lendTools();
  const errors = [];
  const said = { declared: true, errors, page: false };
  try {
    const { build, createLogger } = await viteOf();
    const logger = createLogger("silent");
    for (const name of ["warn", "warnOnce"]) {
      logger[name] = (message) => {
        // The page would ask for a file that is not in what was built.
        if (/can't be bundled without type="module"/.test(message)) errors.push(mistake({ message }));
      };
    }
    await build({ root: process.cwd(), customLogger: logger, build: { outDir: asked.out, emptyOutDir: true } });
    said.page = fs.existsSync(path.join(asked.out, "index.html")) && fs.statSync(path.join(asked.out, "index.html")).size > 0;
  } catch (error) {
    errors.push(mistake(error));
  }
  return said;
});

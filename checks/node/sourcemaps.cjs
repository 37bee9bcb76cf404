// Where places in built scripts were written, as the source map beside each says (ECMA-426).

const { TraceMap, originalPositionFor } = load("@jridgewell/trace-mapping");
const maps = new Map();

function mapOf(script) {
  if (!maps.has(script)) maps.set(script, readMap(`${script}.map`));
  return maps.get(script);
}

function readMap(file) {
  try {
    return new TraceMap(read(file), file);
  } catch {
    return null; // there is none, or it is none
  }
}

main(async () =>
  asked.places.map(([script, line, column]) => {
    const map = mapOf(script);
    if (!map) return null;
    const at = originalPositionFor(map, { line, column });
    return at.source === null ? null : [path.posix.normalize(at.source), at.line];
  }),
);

/** Pairs of kilometres and seconds: each whole kilometre, and the end. */
export function splits(km, total) {
  if (!(km > 0)) return [];
  const found = [];
  for (let at = 1; at < km; at += 1) found.push([at, Math.round((total * at) / km)]);
  found.push([km, total]);
  return found;
}

/** Kilometres as text, with two decimals where they are not whole. */
export function shown(km) {
  return Number.isInteger(km) ? String(km) : km.toFixed(2);
}

const KEY = "shopping";

/** A list with one more entry; texts that are there already are not added again. */
export function added(entries, text) {
  const wanted = text.trim();
  const there = entries.some((entry) => entry.text.toLowerCase() === wanted.toLowerCase());
  return !wanted || there ? entries : [...entries, { text: wanted, bought: false }];
}

/** The list in which the entry at `index` is bought, or is not any more. */
export function toggled(entries, index) {
  return entries.map((entry, at) => (at === index ? { ...entry, bought: !entry.bought } : entry));
}

/** What is still to be bought. */
export function left(entries) {
  return entries.filter((entry) => !entry.bought);
}

/** The list of the last visit; an empty one where there is none, or none that can be read. */
export function load(storage) {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept : [];
  } catch {
    return [];
  }
}

/** Keep the list for the next visit. */
export function save(storage, entries) {
  storage.setItem(KEY, JSON.stringify(entries));
}

/** The birds whose name or place holds `words`, in any case. */
export function matching(birds, words) {
  const wanted = words.trim().toLowerCase();
  return birds.filter(({ name, where }) => `${name} ${where}`.toLowerCase().includes(wanted));
}

/** The birds by name, or the largest first. */
export function sorted(birds, bySize) {
  const order = bySize ? (a, b) => b.cm - a.cm : (a, b) => a.name.localeCompare(b.name);
  return [...birds].sort(order);
}

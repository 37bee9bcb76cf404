/** The number behind the one that is shown. */
export function next(shown) {
  return String(Number(shown) + 1);
}

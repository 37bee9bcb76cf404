export interface Item {
  readonly id: number;
  readonly name: string;
}

/** `items` with one more at the end, whose id none of them has. */
export function added(items: readonly Item[], name: string): Item[] {
  const id = Math.max(0, ...items.map((item) => item.id)) + 1;
  return [...items, { id, name }];
}

/** `items` without the one that has `id`. */
export function removed(items: readonly Item[], id: number): Item[] {
  return items.filter((item) => item.id !== id);
}

export interface Item {
  readonly id: number;
  readonly name: string;
  readonly amount: number;
  readonly done: boolean;
}

/** `items` with one more at the end, whose id none of them has. */
export function added(items: readonly Item[], name: string, amount = 1): Item[] {
  const id = Math.max(0, ...items.map((item) => item.id)) + 1;
  return [...items, { id, name, amount, done: false }];
}

/** `items` without the one that has `id`. */
export function removed(items: readonly Item[], id: number): Item[] {
  return items.filter((item) => item.id !== id);
}

/** `items` where the one that has `id` is done, or not done any more. */
export function toggled(items: readonly Item[], id: number): Item[] {
  return items.map((item) => (item.id === id ? { ...item, done: !item.done } : item));
}

/** `items` without those that are done. */
export function cleared(items: readonly Item[]): Item[] {
  return items.filter((item) => !item.done);
}

/** `items`, those that are done last. */
export function ordered(items: readonly Item[]): Item[] {
  return [...items.filter((item) => !item.done), ...items.filter((item) => item.done)];
}

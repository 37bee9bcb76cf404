/** What each of `people` pays of `cents` with a tip in percent: whole cents that add up, the first ones paying more. */
export function shares(cents: number, tip: number, people: number): number[] {
  const total = Math.round(cents * (1 + tip / 100));
  const least = Math.floor(total / people);
  const more = total - least * people;
  return Array.from({ length: people }, (_, index) => least + (index < more ? 1 : 0));
}

/** An amount as somebody types it, in cents; null where it is none. */
export function parse(text: string): number | null {
  const match = /^\s*(\d{1,6})(?:[.,](\d{1,2}))?\s*$/.exec(text);
  return match ? Number(match[1]) * 100 + Number((match[2] ?? "0").padEnd(2, "0")) : null;
}

/** Cents as people write them. */
export function shown(cents: number): string {
  return `${(cents / 100).toFixed(2)} €`;
}

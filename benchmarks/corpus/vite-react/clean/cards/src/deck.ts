export interface Card {
  front: string;
  back: string;
}

export const CARDS: readonly Card[] = [
  { front: "der Baum", back: "the tree" },
  { front: "das Haus", back: "the house" },
  { front: "die Brücke", back: "the bridge" },
];

/** The deck after its first card: at the end where it was known, else second. */
export function after(deck: readonly Card[], known: boolean): Card[] {
  const [first, ...rest] = deck;
  if (first === undefined) return [];
  return known ? [...rest, first] : [...rest.slice(0, 1), first, ...rest.slice(1)];
}

import { expect, test } from "vitest";

import { CARDS, after } from "./deck";

const fronts = (deck: readonly { front: string }[]) => deck.map((card) => card.front);

test("what was known comes last", () => {
  expect(fronts(after(CARDS, true))).toEqual(["das Haus", "die Brücke", "der Baum"]);
});

test("what was not known comes soon", () => {
  expect(fronts(after(CARDS, false))).toEqual(["das Haus", "der Baum", "die Brücke"]);
});

test("one card stays, and none is none", () => {
  expect(after(CARDS.slice(0, 1), false)).toEqual(CARDS.slice(0, 1));
  expect(after([], true)).toEqual([]);
});

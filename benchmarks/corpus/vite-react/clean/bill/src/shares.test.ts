import { expect, test } from "vitest";

import { parse, shares, shown } from "./shares";

test("shares add up to the whole", () => {
  expect(shares(1000, 0, 3)).toEqual([334, 333, 333]);
  expect(shares(1999, 10, 4).reduce((sum, share) => sum + share, 0)).toBe(2199);
});

test("amounts as people type them", () => {
  expect(["12", "12,5", " 0.07 ", "", "-1", "1.234"].map(parse)).toEqual([1200, 1250, 7, null, null, null]);
});

test("amounts as people read them", () => {
  expect(shown(1205)).toBe("12.05 €");
});

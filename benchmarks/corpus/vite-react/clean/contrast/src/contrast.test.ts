import { expect, test } from "vitest";

import { contrast, parts } from "./contrast";

test("black on white is the most", () => {
  expect(contrast("#000000", "#ffffff")).toBeCloseTo(21, 5);
  expect(contrast("#ffffff", "#000000")).toBeCloseTo(21, 5);
});

test("a colour on itself is the least", () => {
  expect(contrast("#777777", "#777777")).toBe(1);
});

test("a grey that is known to be too light", () => {
  expect(contrast("#777777", "#ffffff")).toBeCloseTo(4.48, 2);
});

test("what is no colour", () => {
  expect([parts("red"), contrast("#fff", "#000000")]).toEqual([null, null]);
});

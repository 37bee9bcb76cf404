import { expect, test } from "vitest";

import { left, shown } from "./time";

test("what is shown", () => {
  expect([0, 0.2, 59.9, 61, 3600].map(shown)).toEqual(["0:00", "0:01", "1:00", "1:01", "60:00"]);
});

test("it ends and stays there", () => {
  expect(left(1, 0, 15_000)).toBe(45);
  expect(left(1, 0, 61_000)).toBe(0);
});

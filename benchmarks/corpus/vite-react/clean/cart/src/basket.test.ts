import { expect, test } from "vitest";

import { changed, total } from "./basket";

test("what is taken out to the last is gone", () => {
  const one = changed({}, "leek", 1);
  expect(one).toEqual({ leek: 1 });
  expect(changed(one, "leek", -1)).toEqual({});
  expect(changed({}, "leek", -1)).toEqual({});
});

test("it costs what is in it", () => {
  expect(total({ carrots: 2, salad: 1 })).toBe(620);
  expect(total({})).toBe(0);
});

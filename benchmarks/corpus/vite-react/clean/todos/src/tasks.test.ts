import { expect, test } from "vitest";

import { read, reduce } from "./tasks";

const two = reduce(reduce([], { type: "add", text: "one" }), { type: "add", text: " two " });

test("numbers go up, and texts are trimmed", () => {
  expect(two).toEqual([
    { id: 1, text: "one", done: false },
    { id: 2, text: "two", done: false },
  ]);
  expect(reduce(two, { type: "add", text: "  " })).toBe(two);
});

test("only what is done is cleared", () => {
  const done = reduce(two, { type: "toggle", id: 1 });
  expect(reduce(done, { type: "clear" }).map((task) => task.id)).toEqual([2]);
});

test("what cannot be read is nothing", () => {
  expect([read(null), read("{"), read("7")]).toEqual([[], [], []]);
});

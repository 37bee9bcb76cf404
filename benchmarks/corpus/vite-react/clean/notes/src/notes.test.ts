import { expect, test } from "vitest";

import { rewritten, title, words } from "./notes";

test("a note is called by its first line with words", () => {
  expect(title({ id: 1, text: "\n  Shopping \nmilk" })).toBe("Shopping");
  expect(title({ id: 1, text: " " })).toBe("New note");
});

test("words are counted", () => {
  expect([words(""), words(" a  b\nc ")]).toEqual([0, 3]);
});

test("one note is rewritten", () => {
  const notes = [1, 2].map((id) => ({ id, text: "" }));
  expect(rewritten(notes, 2, "x").map((note) => note.text)).toEqual(["", "x"]);
});

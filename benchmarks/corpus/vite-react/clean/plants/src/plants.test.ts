import { expect, test } from "vitest";

import { PLANTS, matching } from "./plants";

const names = (words: string, light: "sun" | "shade" | "any") => matching(PLANTS, words, light).map((each) => each.name);

test("all are there, the thirstiest first", () => {
  expect(names("", "any")).toEqual(["Basil", "Fern", "Ivy", "Rosemary"]);
});

test("words and light narrow it down", () => {
  expect(names(" R ", "any")).toEqual(["Fern", "Rosemary"]);
  expect(names("r", "sun")).toEqual(["Rosemary"]);
});

import { expect, test } from "vitest";

import { faults } from "./faults";

const good = { name: "Ada", mail: "ada@example.org", password: "correct horse" };

test("nothing is wrong with what is right", () => {
  expect(faults(good)).toEqual({});
});

test("every fault is told", () => {
  expect(Object.keys(faults({ name: " ", mail: "ada@example", password: "short" }))).toEqual(["name", "mail", "password"]);
});

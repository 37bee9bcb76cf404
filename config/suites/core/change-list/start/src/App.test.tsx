import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { App } from "./App";

async function withItems(...names: string[]) {
  const user = userEvent.setup();
  render(<App />);
  for (const name of names) await user.type(screen.getByLabelText("New item"), `${name}{Enter}`);
  return user;
}

const shown = () => screen.queryAllByRole("listitem").map((item) => item.firstChild?.textContent);

test("what was added is listed in order", async () => {
  await withItems("tea", " milk ");
  expect(shown()).toEqual(["tea", "milk"]);
});

test("a name of spaces is not added", async () => {
  await withItems("  ");
  expect(shown()).toEqual([]);
  expect(screen.getByText("Nothing is on it.")).toBeDefined();
});

test("one of two with the same name is removed", async () => {
  const user = await withItems("tea", "milk", "tea");
  const [first] = screen.getAllByRole("button", { name: "Remove tea" });
  if (first) await user.click(first);
  expect(shown()).toEqual(["milk", "tea"]);
});

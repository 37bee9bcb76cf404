import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { App } from "./App";
import { parsed } from "./amounts";
import { added, cleared, ordered, toggled } from "./items";

test("C1 amounts are read", () => {
  expect(parsed("3 x tea")).toEqual({ name: "tea", amount: 3 });
  expect(parsed("99 x  red tea ")).toEqual({ name: "red tea", amount: 99 });
  expect(parsed("0 x tea")).toEqual({ name: "0 x tea", amount: 1 });
  expect(parsed("100 x tea")).toEqual({ name: "100 x tea", amount: 1 });
});

test("C2 what is done comes last and can be cleared", () => {
  const items = toggled(added(added(added([], "a"), "b", 2), "c"), 1);
  expect(ordered(items).map((item) => item.name)).toEqual(["b", "c", "a"]);
  expect(cleared(items).map((item) => item.amount)).toEqual([2, 1]);
});

test("C3 the page counts and clears", async () => {
  const user = userEvent.setup();
  render(<App />);
  for (const name of ["2 x tea", "milk"]) await user.type(screen.getByLabelText("New item"), `${name}{Enter}`);
  expect(screen.queryByRole("button", { name: "Clear done" })).toBeNull();
  await user.click(screen.getByLabelText("Done tea"));
  expect(screen.getByText("1 of 2 done")).toBeDefined();
  expect(screen.getAllByRole("listitem").map((item) => item.firstChild?.textContent)).toEqual(["milk", "2 x tea"]);
  await user.click(screen.getByRole("button", { name: "Clear done" }));
  expect(screen.getByText("0 of 1 done")).toBeDefined();
});

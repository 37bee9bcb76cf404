import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { App } from "./App";
import { parsed } from "./amounts";
import { added, cleared, ordered, toggled } from "./items";

test("amounts", () => {
  const texts = ["1 x egg", "12 x egg", "99 x egg cup", "100 x egg", "0 x egg", "egg", " egg ", "2x", "x egg"];
  expect(texts.map(parsed)).toEqual([
    { name: "egg", amount: 1 },
    { name: "egg", amount: 12 },
    { name: "egg cup", amount: 99 },
    { name: "100 x egg", amount: 1 },
    { name: "0 x egg", amount: 1 },
    { name: "egg", amount: 1 },
    { name: "egg", amount: 1 },
    { name: "2x", amount: 1 },
    { name: "x egg", amount: 1 },
  ]);
});

test("items", () => {
  const three = added(added(added([], "a", 5), "b", 1), "c", 1);
  const some = toggled(toggled(three, 1), 2);
  expect(three.some((item) => item.done)).toBe(false);
  expect(ordered(some).map((item) => item.name)).toEqual(["c", "a", "b"]);
  expect(ordered(toggled(some, 1)).map((item) => item.name)).toEqual(["a", "c", "b"]);
  expect(cleared(some).map((item) => item.name)).toEqual(["c"]);
  expect(some.map((item) => item.name)).toEqual(["a", "b", "c"]);
});

test("the page", async () => {
  const user = userEvent.setup();
  render(<App />);
  const shown = () => screen.queryAllByRole("listitem").map((item) => item.firstChild?.textContent);
  expect(screen.queryByText(/done$/)).toBeNull();
  for (const name of ["4 x nail", "saw", "1 x axe"]) await user.type(screen.getByLabelText("New item"), `${name}{Enter}`);
  expect(shown()).toEqual(["4 x nail", "saw", "axe"]);
  expect(screen.getByText("0 of 3 done")).toBeDefined();
  expect(screen.queryByRole("button", { name: "Clear done" })).toBeNull();
  await user.click(screen.getByLabelText("Done nail"));
  await user.click(screen.getByLabelText("Done saw"));
  expect(shown()).toEqual(["axe", "4 x nail", "saw"]);
  expect(screen.getByText("2 of 3 done")).toBeDefined();
  await user.click(screen.getByLabelText("Done saw"));
  await user.click(screen.getByRole("button", { name: "Clear done" }));
  expect(shown()).toEqual(["saw", "axe"]);
  expect(screen.getByText("0 of 2 done")).toBeDefined();
});

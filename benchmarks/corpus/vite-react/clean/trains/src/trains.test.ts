import { expect, test } from "vitest";

import { areTrains, leaving } from "./trains";

const trains = [
  { to: "B", at: "09:05", track: "1" },
  { to: "A", at: "08:05", track: "2" },
];

test("only those that have not left", () => {
  expect(leaving(trains, "08:05").map((train) => train.to)).toEqual(["A", "B"]);
  expect(leaving(trains, "08:06").map((train) => train.to)).toEqual(["B"]);
});

test("what is no list of trains", () => {
  expect([areTrains(trains), areTrains([{ to: "A" }]), areTrains({})]).toEqual([true, false, false]);
});

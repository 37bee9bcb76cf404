// What a runner would try by hand.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { clock, kilometres, seconds } from "./pace.js";
import { splits } from "./splits.js";

assert.equal(kilometres(7, "km"), 7);
assert.ok(Math.abs(kilometres(26.2, "miles") - 42.1648128) < 1e-9);
assert.deepEqual([0, 59.4, 59.6, 3599, 3600, 3725, 36000].map(clock), ["0:00", "0:59", "1:00", "59:59", "1:00:00", "1:02:05", "10:00:00"]);
assert.equal(seconds("1:02:05"), 3725);
assert.deepEqual(splits(3, 1000), [[1, 333], [2, 667], [3, 1000]]);
assert.deepEqual(splits(2.5, 751), [[1, 300], [2, 601], [2.5, 751]]);
assert.deepEqual(splits(0.4, 100), [[0.4, 100]]);
assert.deepEqual(splits(0, 100), []);
assert.deepEqual(splits(-1, 100), []);

const page = readFileSync("index.html", "utf8");
assert.match(page, /<label for="unit">\s*Unit\s*<\/label>/);
assert.match(page, /<select[^>]*id="unit"/);
assert.match(page, /<th[^>]*>\s*km\s*<\/th>\s*<th[^>]*>\s*time\s*<\/th>/);

// A page of nothing but what the script asks for.
const made = {};
const element = (id) => (made[id] ??= {
  value: "", textContent: "", hidden: true, cells: [], kept: [],
  addEventListener(_, run) { this.run = run; },
  append(...more) { this.cells.push(...more); },
  replaceChildren(...rows) { this.kept = rows; },
  get tBodies() { return [this]; },
});
let count = 0;
globalThis.document = { getElementById: element, createElement: () => element(`made ${(count += 1)}`) };
await import("./app.js");
const show = (distance, unit, time) => {
  Object.assign(element("distance"), { value: distance });
  Object.assign(element("unit"), { value: unit });
  Object.assign(element("time"), { value: time });
  element("run").run({ preventDefault() {} });
};
const rows = () => element("splits").kept.map((row) => row.cells.map((cell) => cell.textContent));
show("10", "km", "50:00");
assert.match(element("pace").textContent, /5:00 per km/);
assert.match(element("pace").textContent, /8:03 per mile/);
assert.equal(element("splits").hidden, false);
assert.deepEqual(rows()[9], ["10", "50:00"]);
show("1", "miles", "6:00");
assert.match(element("pace").textContent, /3:44 per km/);
assert.deepEqual(rows(), [["1", "3:44"], ["1.61", "6:00"]]);
for (const [distance, time] of [["0", "5:00"], ["-3", "5:00"], ["x", "5:00"], ["5", "5"], ["5", ""]]) {
  show(distance, "km", time);
  assert.equal(element("pace").textContent, "Enter a distance and a time.");
  assert.equal(element("splits").hidden, true);
}
console.log("accepted");

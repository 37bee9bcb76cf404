import { MILE, clock, kilometres, seconds } from "./pace.js";
import { shown, splits } from "./splits.js";

const field = (name) => document.getElementById(name).value;
const pace = document.getElementById("pace");
const table = document.getElementById("splits");

function row(cells) {
  const made = document.createElement("tr");
  for (const text of cells) made.append(Object.assign(document.createElement("td"), { textContent: text }));
  return made;
}

document.getElementById("run").addEventListener("submit", (event) => {
  event.preventDefault();
  const km = kilometres(Number(field("distance")), field("unit"));
  const total = seconds(field("time"));
  table.hidden = !(km > 0) || Number.isNaN(total);
  if (table.hidden) {
    pace.textContent = "Enter a distance and a time.";
    return;
  }
  pace.textContent = `${clock(total / km)} per km, ${clock((total / km) * MILE)} per mile`;
  table.tBodies[0].replaceChildren(...splits(km, total).map(([at, when]) => row([shown(at), clock(when)])));
});

import { UNITS, alike, convert, parse } from "./units.js";

const amount = document.getElementById("amount");
const from = document.getElementById("from");
const to = document.getElementById("to");
const result = document.getElementById("result");

function fill(select, names, chosen) {
  select.replaceChildren(...names.map((name) => new Option(name, name, false, name === chosen)));
}

function show() {
  const value = convert(parse(amount.value), from.value, to.value);
  result.textContent = Number.isFinite(value) ? `${Number(value.toFixed(3))} ${to.value}` : "give a number";
}

function chooseFrom() {
  const names = alike(from.value);
  fill(to, names, names.includes(to.value) ? to.value : names.find((name) => name !== from.value));
  show();
}

fill(from, Object.keys(UNITS), "°C");
chooseFrom();
from.addEventListener("change", chooseFrom);
to.addEventListener("change", show);
amount.addEventListener("input", show);
document.getElementById("form").addEventListener("submit", (event) => event.preventDefault());
document.getElementById("swap").addEventListener("click", () => {
  [from.value, to.value] = [to.value, from.value];
  show();
});

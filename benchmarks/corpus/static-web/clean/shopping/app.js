import { added, left, load, save, toggled } from "./list.js";

const form = document.getElementById("new");
const input = document.getElementById("what");
const list = document.getElementById("entries");
let entries = load(localStorage);

function change(next) {
  entries = next;
  save(localStorage, entries);
  show();
}

function row(entry, index) {
  const box = document.createElement("input");
  box.type = "checkbox";
  box.checked = entry.bought;
  box.addEventListener("change", () => change(toggled(entries, index)));
  const label = document.createElement("label");
  label.classList.toggle("bought", entry.bought);
  label.append(box, ` ${entry.text}`);
  const item = document.createElement("li");
  item.append(label);
  return item;
}

function show() {
  list.replaceChildren(...entries.map(row));
  const count = left(entries).length;
  document.getElementById("left").textContent = count ? `${count} left to buy` : "Nothing left to buy";
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  change(added(entries, input.value));
  form.reset();
  input.focus();
});
document.getElementById("clear").addEventListener("click", () => change(left(entries)));
show();

import { matching, sorted } from "./finding.js";

const search = document.getElementById("search");
const sort = document.getElementById("sort");
const rows = document.getElementById("rows");
const count = document.getElementById("count");

function row({ name, cm, where }) {
  const head = document.createElement("th");
  head.scope = "row";
  head.textContent = name;
  const line = document.createElement("tr");
  line.append(head, cell(`${cm} cm`), cell(where));
  return line;
}

function cell(text) {
  const made = document.createElement("td");
  made.textContent = text;
  return made;
}

function show(birds) {
  const bySize = sort.getAttribute("aria-pressed") === "true";
  const found = sorted(matching(birds, search.value), bySize);
  rows.replaceChildren(...found.map(row));
  count.textContent = found.length === 1 ? "1 bird" : `${found.length} birds`;
}

async function start() {
  const reply = await fetch("data/birds.json");
  if (!reply.ok) {
    count.textContent = "The birds cannot be loaded.";
    return;
  }
  const birds = await reply.json();
  search.addEventListener("input", () => show(birds));
  sort.addEventListener("click", () => {
    sort.setAttribute("aria-pressed", String(sort.getAttribute("aria-pressed") !== "true"));
    show(birds);
  });
  show(birds);
}

start();

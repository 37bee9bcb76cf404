const PAGES = { start: "index.html", help: "help.html" };
const asked = new URLSearchParams(location.search);

const link = document.createElement("a");
link.textContent = asked.get("label");
link.href = PAGES[asked.get("page")];

const other = new URL(asked.get("next"), location.href);
if (other.origin === location.origin) {
  link.href = other;
}
document.body.append(link);

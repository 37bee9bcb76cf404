const asked = new URLSearchParams(location.search);
const next = asked.get("next");

const link = document.createElement("a");
link.textContent = "Go on";
link.href = next;
document.body.append(link);

import { scaled } from "./amounts.js";

const people = document.getElementById("people");

people.addEventListener("input", () => {
  const count = Math.max(1, Number(people.value) || 1);
  for (const place of document.querySelectorAll("[data-amount]")) {
    place.textContent = scaled(Number(place.dataset.amount), count);
  }
});

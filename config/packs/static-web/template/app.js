import { next } from "./counting.js";

const count = document.getElementById("count");

document.getElementById("add").addEventListener("click", () => {
  count.textContent = next(count.textContent);
});

import { faults } from "./checking.js";

const form = document.getElementById("booking");
const done = document.getElementById("done");

function mark(field, message) {
  const input = form.elements[field];
  input.setAttribute("aria-invalid", message ? "true" : "false");
  document.getElementById(`${field}-error`).textContent = message;
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const booking = Object.fromEntries(new FormData(form));
  const found = faults(booking);
  for (const field of ["name", "mail", "guests"]) {
    mark(field, found[field] ?? "");
  }
  const wrong = Object.keys(found);
  if (wrong.length > 0) {
    done.textContent = "";
    form.elements[wrong[0]].focus();
    return;
  }
  done.textContent = `Thank you, ${booking.name.trim()}: a table for ${booking.guests} tonight.`;
  form.reset();
});

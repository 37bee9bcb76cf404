import { left, shown } from "./clock.js";

const time = document.getElementById("time");
const minutes = document.getElementById("minutes");
const toggle = document.getElementById("toggle");
const said = document.getElementById("said");
let total = 300;
let begun = null;
let ticking = 0;

function stop() {
  clearInterval(ticking);
  begun = null;
  toggle.textContent = "Start";
}

function tick() {
  const rest = left(total, begun, Date.now());
  time.textContent = shown(rest);
  if (rest === 0) {
    stop();
    said.textContent = "It is done.";
  }
}

function reset() {
  stop();
  total = 60 * Math.min(180, Math.max(1, Number(minutes.value) || 1));
  time.textContent = shown(total);
  said.textContent = "";
}

toggle.addEventListener("click", () => {
  if (begun !== null) {
    total = left(total, begun, Date.now());
    stop();
    return;
  }
  begun = Date.now();
  toggle.textContent = "Pause";
  said.textContent = "";
  ticking = setInterval(tick, 200);
});
document.getElementById("reset").addEventListener("click", reset);
minutes.addEventListener("change", reset);
reset();

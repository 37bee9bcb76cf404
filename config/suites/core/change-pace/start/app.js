import { clock, seconds } from "./pace.js";

const distance = document.getElementById("distance");
const time = document.getElementById("time");

document.getElementById("run").addEventListener("submit", (event) => {
  event.preventDefault();
  const each = seconds(time.value) / Number(distance.value);
  document.getElementById("pace").textContent = `${clock(each)} per km`;
});

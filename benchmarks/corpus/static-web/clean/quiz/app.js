import { answered, begin, ended } from "./game.js";

const progress = document.getElementById("progress");
const place = document.getElementById("question");
const again = document.getElementById("again");

function show(game) {
  again.hidden = !ended(game);
  if (ended(game)) {
    progress.textContent = `You know ${game.points} of ${game.questions.length}.`;
    place.replaceChildren();
    return;
  }
  progress.textContent = `Question ${game.at + 1} of ${game.questions.length}`;
  const { text, answers } = game.questions[game.at];
  const heading = document.createElement("h2");
  heading.textContent = text;
  const list = document.createElement("ul");
  list.className = "answers";
  list.append(...answers.map((answer, number) => choice(answer, () => show(answered(game, number)))));
  place.replaceChildren(heading, list);
}

function choice(answer, chosen) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = answer;
  button.addEventListener("click", chosen);
  const item = document.createElement("li");
  item.append(button);
  return item;
}

async function start() {
  const reply = await fetch("data/questions.json");
  if (!reply.ok) {
    progress.textContent = "The questions cannot be loaded.";
    return;
  }
  const questions = await reply.json();
  again.addEventListener("click", () => show(begin(questions)));
  show(begin(questions));
}

start();

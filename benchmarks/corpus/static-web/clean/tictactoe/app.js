import { empty, played, turn, winner } from "./rules.js";

const place = document.getElementById("board");
const state = document.getElementById("state");
const fields = empty().map((_, number) => {
  const button = document.createElement("button");
  button.type = "button";
  button.addEventListener("click", () => show(played(board, number)));
  return button;
});
let board = empty();

function said() {
  if (winner(board)) {
    return `${winner(board)} has won.`;
  }
  return board.every(Boolean) ? "Nobody has won." : `${turn(board)} is next.`;
}

function show(next) {
  board = next;
  fields.forEach((field, number) => {
    field.textContent = board[number];
    field.setAttribute("aria-label", `Field ${number + 1}${board[number] && `: ${board[number]}`}`);
  });
  state.textContent = said();
}

place.append(...fields);
document.getElementById("new").addEventListener("click", () => show(empty()));
show(board);

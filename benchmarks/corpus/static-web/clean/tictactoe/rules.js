const LINES = [
  [0, 1, 2], [3, 4, 5], [6, 7, 8],
  [0, 3, 6], [1, 4, 7], [2, 5, 8],
  [0, 4, 8], [2, 4, 6],
];

/** An empty board. */
export function empty() {
  return Array(9).fill("");
}

/** Whose turn it is: "X" begins. */
export function turn(board) {
  return board.filter(Boolean).length % 2 === 0 ? "X" : "O";
}

/** Who has three in a line; "" where nobody has. */
export function winner(board) {
  const line = LINES.find(([a, b, c]) => board[a] && board[a] === board[b] && board[a] === board[c]);
  return line ? board[line[0]] : "";
}

/** The board after a move on `field`; the same where it is taken, or the game has ended. */
export function played(board, field) {
  return board[field] || winner(board) ? board : board.with(field, turn(board));
}

/** A game that begins. */
export function begin(questions) {
  return { questions, at: 0, points: 0 };
}

/** The game after the answer number `chosen`. */
export function answered(game, chosen) {
  const right = game.questions[game.at].right === chosen;
  return { ...game, at: game.at + 1, points: game.points + (right ? 1 : 0) };
}

/** Whether all questions were asked. */
export function ended(game) {
  return game.at >= game.questions.length;
}

import { useState } from "react";

import { CARDS, after } from "./deck";

export function App() {
  const [deck, setDeck] = useState([...CARDS]);
  const [open, setOpen] = useState(false);
  const [count, setCount] = useState(0);
  const card = deck[0];

  function next(known: boolean) {
    setDeck(after(deck, known));
    setCount(known ? count + 1 : count);
    setOpen(false);
  }

  if (card === undefined) return <p>There are no cards.</p>;
  return (
    <main>
      <h1>Flash cards</h1>
      <p>{card.front}</p>
      {open ? (
        <>
          <p>{card.back}</p>
          <button type="button" onClick={() => next(true)}>
            I knew it
          </button>{" "}
          <button type="button" onClick={() => next(false)}>
            I did not
          </button>
        </>
      ) : (
        <button type="button" onClick={() => setOpen(true)}>
          Turn it over
        </button>
      )}
      <p role="status">{count} known</p>
    </main>
  );
}

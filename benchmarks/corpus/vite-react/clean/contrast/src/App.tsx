import { useState } from "react";

import { contrast } from "./contrast";

export function App() {
  const [ink, setInk] = useState("#1d2430");
  const [paper, setPaper] = useState("#ffffff");
  const found = contrast(ink, paper);

  return (
    <main>
      <h1>Contrast</h1>
      <p>
        <label htmlFor="ink">Text</label>{" "}
        <input id="ink" type="color" value={ink} onChange={(event) => setInk(event.target.value)} />
      </p>
      <p>
        <label htmlFor="paper">Background</label>{" "}
        <input id="paper" type="color" value={paper} onChange={(event) => setPaper(event.target.value)} />
      </p>
      {found !== null && (
        <p role="status">
          {found.toFixed(2)}: {found >= 4.5 ? "easy to read" : "too little for small text"}
        </p>
      )}
    </main>
  );
}

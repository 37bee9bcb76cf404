import { useState } from "react";

import { left, shown } from "./time";
import { useNow } from "./useNow";

const MINUTES = [15, 25, 45];

export function App() {
  const [minutes, setMinutes] = useState(25);
  const [begun, setBegun] = useState<number | null>(null);
  const now = useNow(begun !== null);
  const rest = begun === null ? minutes * 60 : left(minutes, begun, Math.max(begun, now));

  return (
    <main>
      <h1>Breaks</h1>
      <fieldset>
        <legend>Work for</legend>
        {MINUTES.map((each) => (
          <label key={each}>
            <input type="radio" name="minutes" checked={minutes === each} onChange={() => setMinutes(each)} /> {each} minutes{" "}
          </label>
        ))}
      </fieldset>
      <p role="timer">{shown(rest)}</p>
      <p role="status">{rest === 0 && "Take a break."}</p>
      <button type="button" onClick={() => setBegun(begun === null ? Date.now() : null)}>
        {begun === null ? "Start" : "Stop"}
      </button>
    </main>
  );
}

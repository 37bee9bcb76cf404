import { useMemo, useState } from "react";

import { PlantTable } from "./PlantTable";
import { PLANTS, matching } from "./plants";
import type { Light } from "./plants";

export function App() {
  const [words, setWords] = useState("");
  const [light, setLight] = useState<Light | "any">("any");
  const found = useMemo(() => matching(PLANTS, words, light), [words, light]);

  return (
    <main>
      <h1>Plants</h1>
      <p>
        <label htmlFor="words">Search</label>{" "}
        <input id="words" type="search" value={words} onChange={(event) => setWords(event.target.value)} />
      </p>
      <p>
        <label htmlFor="light">Light</label>{" "}
        <select id="light" value={light} onChange={(event) => setLight(event.target.value as Light | "any")}>
          <option value="any">any</option>
          <option value="sun">sun</option>
          <option value="shade">shade</option>
        </select>
      </p>
      <PlantTable plants={found} />
    </main>
  );
}

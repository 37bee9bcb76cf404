import { useState } from "react";

import { AddForm } from "./AddForm";
import { type Item, added, removed } from "./items";

export function App() {
  const [items, setItems] = useState<readonly Item[]>([]);

  return (
    <main>
      <h1>A list</h1>
      <AddForm onAdd={(name) => setItems((before) => added(before, name))} />
      {items.length === 0 && <p>Nothing is on it.</p>}
      <ul>
        {items.map((item) => (
          <li key={item.id}>
            {item.name}{" "}
            <button type="button" onClick={() => setItems((before) => removed(before, item.id))}>
              Remove {item.name}
            </button>
          </li>
        ))}
      </ul>
    </main>
  );
}

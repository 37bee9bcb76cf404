import { useState } from "react";

import { AddForm } from "./AddForm";
import { parsed, shown } from "./amounts";
import { type Item, added, cleared, ordered, removed, toggled } from "./items";

export function App() {
  const [items, setItems] = useState<readonly Item[]>([]);
  const done = items.filter((item) => item.done).length;

  function add(text: string) {
    const { name, amount } = parsed(text);
    setItems((before) => added(before, name, amount));
  }

  return (
    <main>
      <h1>A list</h1>
      <AddForm onAdd={add} />
      {items.length === 0 && <p>Nothing is on it.</p>}
      {items.length > 0 && <p>{`${done} of ${items.length} done`}</p>}
      <ul>
        {ordered(items).map((item) => (
          <li key={item.id}>
            {shown(item)}{" "}
            <label>
              <input
                type="checkbox"
                checked={item.done}
                onChange={() => setItems((before) => toggled(before, item.id))}
              />
              Done {item.name}
            </label>{" "}
            <button type="button" onClick={() => setItems((before) => removed(before, item.id))}>
              Remove {item.name}
            </button>
          </li>
        ))}
      </ul>
      {done > 0 && (
        <button type="button" onClick={() => setItems(cleared)}>
          Clear done
        </button>
      )}
    </main>
  );
}

import { useEffect, useReducer, useState } from "react";
import type { FormEvent } from "react";

import { read, reduce } from "./tasks";

const KEY = "todos";

export function App() {
  const [tasks, dispatch] = useReducer(reduce, null, () => read(localStorage.getItem(KEY)));
  const [text, setText] = useState("");

  useEffect(() => {
    localStorage.setItem(KEY, JSON.stringify(tasks));
  }, [tasks]);

  function add(event: FormEvent) {
    event.preventDefault();
    dispatch({ type: "add", text });
    setText("");
  }

  return (
    <main>
      <h1>Things to do</h1>
      <form onSubmit={add}>
        <label htmlFor="text">New task</label>{" "}
        <input id="text" value={text} onChange={(event) => setText(event.target.value)} />{" "}
        <button>Add</button>
      </form>
      <ul>
        {tasks.map((task) => (
          <li key={task.id}>
            <label>
              <input type="checkbox" checked={task.done} onChange={() => dispatch({ type: "toggle", id: task.id })} />{" "}
              {task.text}
            </label>
          </li>
        ))}
      </ul>
      <p role="status">{tasks.filter((task) => !task.done).length} left</p>
      <button type="button" onClick={() => dispatch({ type: "clear" })}>
        Clear what is done
      </button>
    </main>
  );
}

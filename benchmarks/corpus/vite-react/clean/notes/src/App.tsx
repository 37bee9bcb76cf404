import { useState } from "react";

import { rewritten, title, words } from "./notes";
import type { Note } from "./notes";

export function App() {
  const [notes, setNotes] = useState<Note[]>([{ id: 1, text: "Welcome\nWrite something." }]);
  const [chosen, setChosen] = useState(1);
  const note = notes.find((each) => each.id === chosen);

  function add() {
    const id = Math.max(0, ...notes.map((each) => each.id)) + 1;
    setNotes([...notes, { id, text: "" }]);
    setChosen(id);
  }

  return (
    <main>
      <h1>Notes</h1>
      <nav aria-label="Notes">
        {notes.map((each) => (
          <button key={each.id} type="button" aria-pressed={each.id === chosen} onClick={() => setChosen(each.id)}>
            {title(each)}
          </button>
        ))}{" "}
        <button type="button" onClick={add}>
          Add a note
        </button>
      </nav>
      {note && (
        <>
          <p>
            <label htmlFor="text">Text</label>
            <br />
            <textarea
              id="text"
              rows={8}
              value={note.text}
              onChange={(event) => setNotes(rewritten(notes, note.id, event.target.value))}
            />
          </p>
          <p role="status">{words(note.text)} words</p>
        </>
      )}
    </main>
  );
}

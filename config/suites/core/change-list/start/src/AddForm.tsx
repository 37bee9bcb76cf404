import { type FormEvent, useState } from "react";

interface Props {
  /** Is given each name that is entered, without spaces around it. */
  onAdd: (name: string) => void;
}

export function AddForm({ onAdd }: Props) {
  const [name, setName] = useState("");

  function submit(event: FormEvent) {
    event.preventDefault();
    if (name.trim() === "") return;
    onAdd(name.trim());
    setName("");
  }

  return (
    <form onSubmit={submit}>
      <label htmlFor="name">New item</label>
      <input id="name" value={name} maxLength={100} onChange={(event) => setName(event.target.value)} />
      <button type="submit">Add</button>
    </form>
  );
}

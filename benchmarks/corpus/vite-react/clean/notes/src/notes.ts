export interface Note {
  id: number;
  text: string;
}

/** What a note is called: its first line that has words. */
export function title(note: Note): string {
  const line = note.text.split("\n").find((each) => each.trim());
  return line?.trim().slice(0, 40) ?? "New note";
}

/** How many words it has. */
export function words(text: string): number {
  return text.split(/\s+/).filter(Boolean).length;
}

/** The notes with another text for one of them. */
export function rewritten(notes: readonly Note[], id: number, text: string): Note[] {
  return notes.map((note) => (note.id === id ? { ...note, text } : note));
}

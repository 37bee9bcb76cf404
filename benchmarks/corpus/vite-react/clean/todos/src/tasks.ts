export interface Task {
  id: number;
  text: string;
  done: boolean;
}

export type Action = { type: "add"; text: string } | { type: "toggle"; id: number } | { type: "clear" };

/** The tasks after `action`. */
export function reduce(tasks: Task[], action: Action): Task[] {
  switch (action.type) {
    case "add": {
      const text = action.text.trim();
      const id = Math.max(0, ...tasks.map((task) => task.id)) + 1;
      return text ? [...tasks, { id, text, done: false }] : tasks;
    }
    case "toggle":
      return tasks.map((task) => (task.id === action.id ? { ...task, done: !task.done } : task));
    case "clear":
      return tasks.filter((task) => !task.done);
  }
}

/** What was kept; nothing where it cannot be read. */
export function read(kept: string | null): Task[] {
  try {
    const found: unknown = JSON.parse(kept ?? "[]");
    return Array.isArray(found) ? (found as Task[]) : [];
  } catch {
    return [];
  }
}

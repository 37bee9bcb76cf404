export type Light = "sun" | "shade";

export interface Plant {
  name: string;
  light: Light;
  days: number;
}

export const PLANTS: readonly Plant[] = [
  { name: "Basil", light: "sun", days: 2 },
  { name: "Fern", light: "shade", days: 3 },
  { name: "Ivy", light: "shade", days: 7 },
  { name: "Rosemary", light: "sun", days: 10 },
];

/** The plants whose name holds `words` and that like `light`, those that are thirstiest first. */
export function matching(plants: readonly Plant[], words: string, light: Light | "any"): Plant[] {
  const wanted = words.trim().toLowerCase();
  return plants
    .filter((plant) => plant.name.toLowerCase().includes(wanted) && (light === "any" || plant.light === light))
    .sort((a, b) => a.days - b.days);
}

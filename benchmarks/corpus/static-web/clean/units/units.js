const KELVIN = 273.15;

/** For each unit: its kind, and how it becomes the kind's first unit and comes back. */
export const UNITS = {
  "°C": { kind: "temperature", to: (x) => x, from: (x) => x },
  "°F": { kind: "temperature", to: (x) => ((x - 32) * 5) / 9, from: (x) => (x * 9) / 5 + 32 },
  K: { kind: "temperature", to: (x) => x - KELVIN, from: (x) => x + KELVIN },
  m: { kind: "length", to: (x) => x, from: (x) => x },
  ft: { kind: "length", to: (x) => x * 0.3048, from: (x) => x / 0.3048 },
  kg: { kind: "weight", to: (x) => x, from: (x) => x },
  lb: { kind: "weight", to: (x) => x * 0.45359237, from: (x) => x / 0.45359237 },
};

/** The units that `name` can become. */
export function alike(name) {
  return Object.keys(UNITS).filter((other) => UNITS[other].kind === UNITS[name].kind);
}

/** `amount` in the unit `to`; NaN where it is no number. */
export function convert(amount, from, to) {
  return UNITS[to].from(UNITS[from].to(amount));
}

/** A number as somebody types it, with a comma or a point; NaN where it is none. */
export function parse(text) {
  const cleaned = text.trim().replace(",", ".");
  return cleaned === "" ? NaN : Number(cleaned);
}

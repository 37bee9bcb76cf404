const WRITTEN_FOR = 4;

/** How much `people` need of what four need, as a text without needless digits. */
export function scaled(amount, people) {
  const value = (amount * people) / WRITTEN_FOR;
  return String(value >= 10 ? Math.round(value) : Number(value.toFixed(1)));
}

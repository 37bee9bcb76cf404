export interface Entry {
  readonly name: string;
  readonly amount: number;
}

/** What an entry such as `3 x tea` says; a name as a whole where it has no amount of 1 to 99. */
export function parsed(text: string): Entry {
  const found = /^\s*([1-9]\d?)\s*x\s+(\S.*)$/.exec(text);
  const [, amount, name] = found ?? [];
  if (amount === undefined || name === undefined) return { name: text.trim(), amount: 1 };
  return { name: name.trim(), amount: Number(amount) };
}

/** How an item is shown. */
export function shown(entry: Entry): string {
  return entry.amount > 1 ? `${entry.amount} x ${entry.name}` : entry.name;
}

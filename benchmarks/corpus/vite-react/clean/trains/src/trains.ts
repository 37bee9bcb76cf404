export interface Train {
  to: string;
  at: string;
  track: string;
}

/** Whether something that was loaded is a list of trains. */
export function areTrains(found: unknown): found is Train[] {
  return (
    Array.isArray(found) &&
    found.every((each: Partial<Train>) => [each.to, each.at, each.track].every((part) => typeof part === "string"))
  );
}

/** The trains that leave at `time` (`hh:mm`) or later, in order. */
export function leaving(trains: Train[], time: string): Train[] {
  return trains.filter((train) => train.at >= time).sort((a, b) => a.at.localeCompare(b.at));
}

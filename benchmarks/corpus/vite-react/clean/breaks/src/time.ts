/** Seconds as `m:ss`. */
export function shown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

/** What is left of `minutes` that began at `begun`, in seconds; times are in milliseconds. */
export function left(minutes: number, begun: number, now: number): number {
  return Math.max(0, minutes * 60 - (now - begun) / 1000);
}

/** Seconds as `mm:ss`. */
export function shown(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const parts = [Math.floor(whole / 60), whole % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

/** What is left of `total` seconds that began at `begun`, both times in milliseconds. */
export function left(total, begun, now) {
  return Math.max(0, total - (now - begun) / 1000);
}

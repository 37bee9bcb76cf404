/** The seconds of a time such as `50:00` or `1:02:03`; NaN where it is none. */
export function seconds(text) {
  if (!/^\d+(:[0-5]\d){1,2}$/.test(text.trim())) return NaN;
  return text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** Seconds as minutes and seconds, rounded. */
export function clock(total) {
  const whole = Math.round(total);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

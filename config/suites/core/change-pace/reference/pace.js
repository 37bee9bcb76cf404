/** The kilometres of a mile. */
export const MILE = 1.609344;

/** The kilometres of a distance in `km` or `miles`. */
export function kilometres(distance, unit) {
  return unit === "miles" ? distance * MILE : distance;
}

/** The seconds of a time such as `50:00` or `1:02:03`; NaN where it is none. */
export function seconds(text) {
  if (!/^\d+(:[0-5]\d){1,2}$/.test(text.trim())) return NaN;
  return text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** Seconds as minutes and seconds, and hours where there is one, rounded. */
export function clock(total) {
  const whole = Math.round(total);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const rest = String(whole % 60).padStart(2, "0");
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

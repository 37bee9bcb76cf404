export function part(text: string): unknown {
  const place = new DocumentFragment();
  place.firstElementChild?.insertAdjacentHTML("beforeend", text);
  return place;
}

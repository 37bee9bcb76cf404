export function part(text: string): unknown {
  return new DOMParser().parseFromString(text, "text/html");
}

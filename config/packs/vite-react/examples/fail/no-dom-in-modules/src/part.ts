export function part(text: string): unknown {
  return document.querySelector(text);
}

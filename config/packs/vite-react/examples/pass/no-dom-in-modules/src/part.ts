export function part(text: string): unknown {
  return document.title === text;
}

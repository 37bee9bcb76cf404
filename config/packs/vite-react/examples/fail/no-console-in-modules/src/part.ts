export function part(text: string): unknown {
  console.debug(text);
  return text.trim();
}

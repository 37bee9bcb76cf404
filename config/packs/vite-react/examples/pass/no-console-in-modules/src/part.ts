export function part(text: string): unknown {
  return text.trim();
}

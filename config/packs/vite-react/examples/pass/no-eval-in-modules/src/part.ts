export function part(text: string): unknown {
  return JSON.parse(text);
}

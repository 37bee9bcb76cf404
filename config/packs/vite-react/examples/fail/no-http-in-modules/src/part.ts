export function part(text: string): unknown {
  return fetch(`http://example.com/${text}`);
}

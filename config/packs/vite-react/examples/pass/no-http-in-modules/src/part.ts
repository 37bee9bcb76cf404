export function part(text: string): unknown {
  return fetch(`https://example.com/${text}`);
}

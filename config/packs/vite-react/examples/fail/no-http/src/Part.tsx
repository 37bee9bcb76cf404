export function Part({ text }: { text: string }) {
  return <img src="http://example.com/a.png" alt={text} />;
}

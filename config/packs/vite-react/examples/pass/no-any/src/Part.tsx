export function Part({ text }: { text: string }) {
  const any: unknown = JSON.parse(text);
  return <p>{String(any)} of any kind</p>;
}

export function Part({ text }: { text: string }) {
  const evaluated: unknown = JSON.parse(text);
  setTimeout(() => evaluated, 10);
  return <p>{String(evaluated)}</p>;
}

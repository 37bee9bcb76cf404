export function Part({ text }: { text: string }) {
  const found: any = JSON.parse(text);
  return <p>{found.name}</p>;
}

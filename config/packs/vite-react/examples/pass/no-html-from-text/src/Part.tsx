export function Part({ text }: { text: string }) {
  return <p title="dangerously set innerHTML">{text}</p>;
}

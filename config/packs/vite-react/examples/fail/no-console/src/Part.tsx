export function Part({ text }: { text: string }) {
  console.log(text);
  return <p>{text}</p>;
}

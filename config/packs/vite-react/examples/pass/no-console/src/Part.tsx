export function Part({ text }: { text: string }) {
  if (text === "") console.error("the text is empty");
  return <p>{text}</p>;
}

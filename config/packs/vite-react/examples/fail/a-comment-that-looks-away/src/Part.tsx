export function Part({ text }: { text: string }) {
  // ast-grep-ignore
  return <p>{text}</p>;
}

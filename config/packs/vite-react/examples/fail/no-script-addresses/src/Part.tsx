export function Part({ text }: { text: string }) {
  return <a href="javascript:history.back()">{text}</a>;
}

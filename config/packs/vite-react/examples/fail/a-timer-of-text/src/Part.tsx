export function Part({ text }: { text: string }) {
  return <button type="button" onClick={() => window.setTimeout("go()", 10)}>{text}</button>;
}

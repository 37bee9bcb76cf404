export function Part({ text }: { text: string }) {
  return <button type="button" onClick={() => history.back()}>{text} about javascript: links</button>;
}

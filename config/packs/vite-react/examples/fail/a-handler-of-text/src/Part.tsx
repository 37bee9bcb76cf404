export function Part({ text }: { text: string }) {
  const props = { text };
  return <button type="button" {...props} onclick="history.back()">back</button>;
}

export function Part({ text }: { text: string }) {
  const props = { dangerouslySetInnerHTML: { __html: text } };
  return <p {...props} />;
}

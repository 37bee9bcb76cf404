export function Part({ text }: { text: string }) {
  return <p dangerouslySetInnerHTML={{ __html: text }} />;
}

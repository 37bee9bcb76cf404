export function Part({ text }: { text: string }) {
  return (
    <a href="/terms" rel="help" target={"_blank"}>
      {text}
    </a>
  );
}

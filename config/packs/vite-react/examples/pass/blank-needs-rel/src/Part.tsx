export function Part({ text }: { text: string }) {
  return (
    <a href="/terms" target="_blank" rel="noopener noreferrer">
      {text}
    </a>
  );
}

export function Part({ text }: { text: string }) {
  return (
    <svg xmlns="http://www.w3.org/2000/svg" aria-label={text}>
      <title>Not http://example.com</title>
    </svg>
  );
}

export function Part({ text }: { text: string }) {
  return (
    <button type="button" onClick={() => document.getElementById("name")?.focus()}>
      {text}
    </button>
  );
}

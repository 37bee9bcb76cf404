import { useRef } from "react";

export function Part({ text }: { text: string }) {
  const field = useRef<HTMLInputElement>(null);
  return (
    <button type="button" onClick={() => field.current?.focus()}>
      {text}
    </button>
  );
}

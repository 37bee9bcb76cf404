import { useEffect, useRef } from "react";

export function Part({ text }: { text: string }) {
  const place = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (place.current) place.current.innerHTML = text;
  }, [text]);
  return <p ref={place} />;
}

import { useEffect, useState } from "react";

export function Part({ text }: { text: string }) {
  const [count, setCount] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    async function load() {
      const answer = await fetch(`/count?of=${text}`, { signal: leaving.signal });
      setCount(Number(await answer.text()));
    }
    load().catch(() => setCount(0));
    return () => leaving.abort();
  }, [text]);
  return <p>{count}</p>;
}

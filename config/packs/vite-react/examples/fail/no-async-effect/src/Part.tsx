import { useEffect, useState } from "react";

export function Part({ text }: { text: string }) {
  const [count, setCount] = useState(0);
  useEffect(async () => {
    const answer = await fetch(`/count?of=${text}`);
    setCount(Number(await answer.text()));
  }, [text]);
  return <p>{count}</p>;
}

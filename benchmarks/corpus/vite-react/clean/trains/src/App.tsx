import { useEffect, useState } from "react";

import { areTrains, leaving } from "./trains";
import type { Train } from "./trains";

export function App() {
  const [trains, setTrains] = useState<Train[] | null>(null);
  const [failed, setFailed] = useState(false);
  const [time, setTime] = useState("08:00");

  useEffect(() => {
    const stopped = new AbortController();
    load(stopped.signal)
      .then(setTrains)
      .catch(() => {
        if (!stopped.signal.aborted) setFailed(true);
      });
    return () => stopped.abort();
  }, []);

  return (
    <main>
      <h1>Trains</h1>
      <p>
        <label htmlFor="time">From</label>{" "}
        <input id="time" type="time" value={time} onChange={(event) => setTime(event.target.value)} />
      </p>
      {failed && <p role="alert">The trains cannot be loaded.</p>}
      {trains === null ? (
        <p>Loading …</p>
      ) : (
        <ul>
          {leaving(trains, time).map((train) => (
            <li key={`${train.at} ${train.to}`}>
              {train.at} {train.to}, track {train.track}
            </li>
          ))}
        </ul>
      )}
    </main>
  );
}

async function load(signal: AbortSignal): Promise<Train[]> {
  const reply = await fetch("trains.json", { signal });
  const found: unknown = await reply.json();
  if (!reply.ok || !areTrains(found)) throw new Error("no trains");
  return found;
}

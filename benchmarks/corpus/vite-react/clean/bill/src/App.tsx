import { useState } from "react";

import { parse, shares, shown } from "./shares";

export function App() {
  const [amount, setAmount] = useState("42.00");
  const [tip, setTip] = useState(10);
  const [people, setPeople] = useState(3);
  const cents = parse(amount);

  return (
    <main>
      <h1>Share a bill</h1>
      <p>
        <label htmlFor="amount">Amount</label>{" "}
        <input id="amount" inputMode="decimal" value={amount} onChange={(event) => setAmount(event.target.value)} />
      </p>
      <p>
        <label htmlFor="tip">Tip</label>{" "}
        <select id="tip" value={tip} onChange={(event) => setTip(Number(event.target.value))}>
          {[0, 5, 10, 15].map((percent) => (
            <option key={percent} value={percent}>
              {percent} %
            </option>
          ))}
        </select>
      </p>
      <p>
        <label htmlFor="people">People</label>{" "}
        <input
          id="people"
          type="number"
          min={1}
          max={20}
          value={people}
          onChange={(event) => setPeople(Math.min(20, Math.max(1, Number(event.target.value) || 1)))}
        />
      </p>
      {cents === null ? <p role="alert">Give an amount such as 12.50.</p> : <Shares of={shares(cents, tip, people)} />}
    </main>
  );
}

function Shares({ of }: { of: number[] }) {
  return (
    <ol>
      {of.map((share, index) => (
        <li key={index}>{shown(share)}</li>
      ))}
    </ol>
  );
}

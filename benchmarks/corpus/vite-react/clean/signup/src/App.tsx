import { useState } from "react";
import type { FormEvent } from "react";

import { Field } from "./Field";
import { faults } from "./faults";
import type { Faults, Fields } from "./faults";

const EMPTY: Fields = { name: "", mail: "", password: "" };

export function App() {
  const [fields, setFields] = useState(EMPTY);
  const [found, setFound] = useState<Faults>({});
  const [sent, setSent] = useState("");

  function send(event: FormEvent) {
    event.preventDefault();
    const wrong = faults(fields);
    setFound(wrong);
    if (Object.keys(wrong).length > 0) return;
    setSent(fields.name.trim());
    setFields(EMPTY);
  }

  const change = (name: keyof Fields) => (value: string) => setFields({ ...fields, [name]: value });

  return (
    <main>
      <h1>Sign up</h1>
      <form noValidate onSubmit={send}>
        <Field id="name" label="Name" value={fields.name} fault={found.name} onChange={change("name")} />
        <Field id="mail" label="E-mail" type="email" value={fields.mail} fault={found.mail} onChange={change("mail")} />
        <Field
          id="password"
          label="Password"
          type="password"
          value={fields.password}
          fault={found.password}
          onChange={change("password")}
        />
        <button>Sign up</button>
      </form>
      <p role="status">{sent && `Welcome, ${sent}.`}</p>
    </main>
  );
}

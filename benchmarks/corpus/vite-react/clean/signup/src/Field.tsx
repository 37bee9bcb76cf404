import type { HTMLInputTypeAttribute } from "react";

interface Props {
  id: string;
  label: string;
  type?: HTMLInputTypeAttribute;
  value: string;
  fault?: string;
  onChange: (value: string) => void;
}

export function Field({ id, label, type = "text", value, fault, onChange }: Props) {
  return (
    <p>
      <label htmlFor={id}>{label}</label>{" "}
      <input
        id={id}
        type={type}
        value={value}
        aria-invalid={fault !== undefined}
        aria-describedby={fault ? `${id}-fault` : undefined}
        onChange={(event) => onChange(event.target.value)}
      />
      {fault && <span id={`${id}-fault`}> {fault}</span>}
    </p>
  );
}

import { Children, Fragment } from "react";

export function Part({ names }: { names: string[] }) {
  const cells = names.map((name) => ({ name, shown: <b>{name}</b> }));
  return (
    <ul>
      {names.map((name) => (
        <li key={name}>
          <b>{name}</b>
        </li>
      ))}
      {names.map((name) => {
        const inner = <i>{name}</i>;
        return <Fragment key={name}>{inner}</Fragment>;
      })}
      {Children.map(names, (name) => (
        <li>{name}</li>
      ))}
      {cells.map(({ shown, name }) => (name ? <li key={name}>{shown}</li> : null))}
      {names.map(function (name) {
        return <img key={name} src={name} alt="" />;
      })}
    </ul>
  );
}

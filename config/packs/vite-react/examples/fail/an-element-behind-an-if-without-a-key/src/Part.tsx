export function Part({ names }: { names: string[] }) {
  return (
    <ul>
      {names.map((name) => {
        if (name === "") {
          return <li>nobody</li>;
        }
        return <li key={name}>{name}</li>;
      })}
    </ul>
  );
}

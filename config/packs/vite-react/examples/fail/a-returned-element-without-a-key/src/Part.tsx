export function Part({ names }: { names: string[] }) {
  return (
    <ul>
      {names.map((name) => {
        if (name === "") return null;
        return <img src={name} alt="" />;
      })}
    </ul>
  );
}

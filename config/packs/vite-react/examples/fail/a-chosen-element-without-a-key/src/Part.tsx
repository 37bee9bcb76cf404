export function Part({ names }: { names: string[] }) {
  return <ul>{names.map((name) => name !== "" && <li>{name}</li>)}</ul>;
}

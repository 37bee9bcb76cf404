export function Part() {
  const asked = new URLSearchParams(window.location.search);
  const next = asked.get("next") ?? "/";
  return <a href={next}>Go on</a>;
}

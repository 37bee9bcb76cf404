const PAGES: Record<string, string> = { start: "/", help: "/help" };

export function Part() {
  const asked = new URLSearchParams(window.location.search);
  const label = asked.get("label") ?? "Go on";
  return <a href={PAGES[asked.get("page") ?? "start"]}>{label}</a>;
}

"""What the club would look at by hand."""

import re
import sys
from html.parser import HTMLParser
from pathlib import Path

ROOT = Path(__file__).resolve().parent
EMPTY = {"meta", "link", "input", "br", "hr", "img"}


class Page(HTMLParser):
    """The elements of a page: tag, attributes, the tags around it, and its text."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str], list[str], list[str]]] = []
        self.open: list[tuple[str, list[str]]] = []
        self.feed((ROOT / name).read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        text: list[str] = []
        self.found.append((tag, {name: value or "" for name, value in attrs}, [each for each, _ in self.open], text))
        if tag not in EMPTY:
            self.open.append((tag, text))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        for _, text in self.open:
            text.append(data)

    def all(self, tag: str, inside: str = "") -> list[dict[str, str]]:
        return [attrs for known, attrs, around, _ in self.found if known == tag and (not inside or inside in around)]

    def text(self, tag: str, inside: str = "") -> list[str]:
        return [" ".join("".join(text).split()) for known, _, around, text in self.found if known == tag and (not inside or inside in around)]


def same(found: object, wanted: object, what: str) -> None:
    assert found == wanted, f"{what}: {found!r} instead of {wanted!r}"


def main() -> None:
    pages = {name: Page(name) for name in ("index.html", "join.html")}
    for name, page in pages.items():
        same([attrs.get("lang") for attrs in page.all("html")], ["en"], f"{name}: the language")
        same(len(page.all("h1")), 1, f"{name}: headings")
        title = page.text("title")[0]
        assert title.endswith(" - Bird walk") and title != " - Bird walk", f"{name}: the title {title!r}"
        links = page.all("a", "nav")
        same(sorted(link["href"].removeprefix("./") for link in links), ["index.html", "join.html"], f"{name}: links")
        current = [link["href"].removeprefix("./") for link in page.all("a") if "aria-current" in link]
        same(current, [name], f"{name}: the current page")
        same([link["aria-current"] for link in links if "aria-current" in link], ["page"], f"{name}: aria-current")
        same([link.get("href") for link in page.all("link") if link.get("rel") == "stylesheet"], ["style.css"], f"{name}: styles")
        same(page.all("script"), [], f"{name}: scripts")
    assert pages["index.html"].text("title") != pages["join.html"].text("title"), "both titles are the same"
    index, join = pages["index.html"], pages["join.html"]
    same(index.text("caption", "table"), ["Walks in May"], "the caption")
    same(index.text("th"), ["Day", "Meeting point", "Places"], "the heads")
    same([head.get("scope") for head in index.all("th")], ["col"] * 3, "their scope")
    cells = [["2 May", "Mill gate", "12"], ["16 May", "Heron pond", "8"], ["30 May", "Mill gate", "15"]]
    same(index.text("td"), [cell for row in cells for cell in row], "the walks")
    same([(form.get("action"), form.get("method", "").lower()) for form in join.all("form")], [("/join", "post")], "the form")
    fields = {attrs.get("name"): attrs for tag, attrs, around, _ in join.found if tag in ("input", "select") and "form" in around}
    same(list(fields), ["name", "email", "people", "day"], "the fields")
    labels = dict(zip([label.get("for") for label in join.all("label")], join.text("label"), strict=True))
    same(len(labels), 4, "labels")
    for name, attrs in fields.items():
        assert labels.get(attrs.get("id")), f"{name} has no label"
        same("required" in attrs, name != "people", f"{name} is required")
        same("required" in labels[attrs["id"]].lower(), name != "people", f"the label of {name} says that it is required")
    same(fields["email"].get("type"), "email", "the type of email")
    same([fields["people"].get(each) for each in ("type", "min", "max", "value")], ["number", "1", "4", "1"], "people")
    same(join.text("option", "select"), ["2 May", "16 May", "30 May"], "the days")
    same(join.text("button"), ["Sign up"], "the button")
    style = re.sub(r"/\*.*?\*/", "", (ROOT / "style.css").read_text(encoding="utf-8"), flags=re.S)
    wide, _, small = style.partition("@media")
    assert re.search(r"max-width:\s*44rem", wide), "the page is not at most 44rem wide"
    assert re.match(r"[^{]*max-width:\s*30rem", small), "there is no rule for screens of up to 30rem"
    assert re.search(r"nav[^{]*\{[^}]*(flex-direction:\s*column|display:\s*block)", small), "links do not stand below each other"
    assert not re.search(r"https?:|//[a-z]", style + "".join((ROOT / name).read_text(encoding="utf-8") for name in pages)), "something is loaded from elsewhere"


try:
    main()
except Exception as error:
    print(f"{type(error).__name__}: {error}"[:400])
    sys.exit(1)
print("accepted")

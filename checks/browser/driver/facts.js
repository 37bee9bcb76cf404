(() => {
  const shown = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 0 && box.height > 0 && style.visibility !== "hidden" && style.opacity !== "0";
  };
  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const body = document.body;
  const kinds = "img,svg,canvas,video,input,button,select,textarea,iframe,object,embed";
  const anchors = [...document.querySelectorAll("a[href],area[href]")].slice(0, 500);
  return {
    blank: !body || (body.innerText.trim() === "" && ![...document.querySelectorAll(kinds)].some(shown)),
    ids: [...document.querySelectorAll("[id],a[name]")].slice(0, 3000).flatMap((e) => [e.id, e.getAttribute("name")]),
    links: anchors
      .map((a) => ({ raw: String(a.getAttribute("href")).slice(0, 900), url: String(a.href).slice(0, 900) }))
      .map((link) => ({ ...link, part: decoded(link.url.includes("#") ? link.url.slice(link.url.indexOf("#") + 1) : "") })),
  };
})()

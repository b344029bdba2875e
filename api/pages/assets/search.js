// Lists what is found while words are typed. Without this script, or if it fails, the form works as it is.
"use strict";

(() => {
  const PAUSE_MS = 150;
  const LISTED = 8;
  for (const form of document.querySelectorAll("form.search")) {
    const input = form.elements.q;
    const list = document.createElement("ul");
    list.className = "suggestions";
    list.id = `${input.id}-suggestions`;
    list.setAttribute("aria-label", "Found");
    list.setAttribute("aria-live", "polite");
    list.hidden = true;
    input.setAttribute("autocomplete", "off");
    input.setAttribute("aria-controls", list.id);
    form.append(list);

    let timer = 0;
    let request = null;
    input.addEventListener("input", () => {
      clearTimeout(timer);
      request?.abort();
      const words = input.value.trim();
      if (!words) {
        list.hidden = true;
        return;
      }
      timer = setTimeout(async () => {
        request = new AbortController();
        const parameters = new URLSearchParams({ q: words, first: LISTED, format: "json" });
        try {
          const response = await fetch(`${form.action}?${parameters}`, { signal: request.signal });
          if (response.ok) show(list, (await response.json()).hits);
        } catch (error) {
          if (error.name !== "AbortError") list.hidden = true;
        }
      }, PAUSE_MS);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") list.hidden = true;
    });
  }

  function show(list, hits) {
    list.replaceChildren(...hits.map(createItem));
    list.hidden = hits.length === 0;
  }

  function createItem(hit) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = hit.path;
    const isQuote = hit.matched === "words";
    link.append(createText(isQuote ? "q" : "bdi", isQuote ? hit.text : hit.name || hit.text, isQuote ? hit.text_language : hit.language));
    item.append(link, " ", createText("span", hit.kind, "", "tag"));
    if (!isQuote && hit.text !== hit.name) {
      item.append(" ", createText("span", `${hit.matched}: `, "", "meta"), createText("bdi", hit.text, hit.text_language));
    }
    const [said] = hit.said;
    if (said) {
      const more = hit.said.length > 1 ? `; and ${hit.said.length - 1} more` : "";
      const source = said.source_name ? `, in ${said.source_name}` : "";
      const hedge = said.hedge ? `; hedge: ${said.hedge}` : "";
      const back = said.taken_back ? "; taken back since" : "";
      item.append(" ", createText("span", `(${said.speaker_name} ${said.act}${source}${hedge}${back}${more})`, "", "meta"));
    }
    return item;
  }

  function createText(name, text, language, className = "") {
    const element = document.createElement(name);
    element.textContent = text;
    element.dir = "auto";
    if (language) element.lang = language;
    if (className) element.className = className;
    return element;
  }
})();

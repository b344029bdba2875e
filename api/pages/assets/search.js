// Lists what is found while words are typed. Without this script, or if it fails, the form works as it is.
"use strict";

(() => {
  const PAUSE_MS = 150;
  const LISTED = 8;
  const RESULTS = 50;
  const SAID_IN_RESULTS = 3;
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
        try {
          const hits = await find(words, form.action, request.signal);
          if (hits && !request.signal.aborted) show(list, hits);
        } catch (error) {
          if (error.name !== "AbortError") list.hidden = true;
        }
      }, PAUSE_MS);
    });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") list.hidden = true;
    });
  }

  // A copy of the site has no server: site-search.js finds words in its files, and the results of the search page.
  const inCopy = globalThis.siteSearch;
  const asked = new URLSearchParams(location.search).get("q")?.trim();
  const page = document.querySelector("main form.search");
  if (inCopy && asked && page) {
    page.elements.q.value = asked;
    inCopy.find(asked, RESULTS).then((found) => showResults(page, found));
  }

  async function find(words, action, signal) {
    if (inCopy) return (await inCopy.find(words, LISTED)).hits;
    const parameters = new URLSearchParams({ q: words, first: LISTED, format: "json" });
    const response = await fetch(`${action}?${parameters}`, { signal });
    return response.ok ? (await response.json()).hits : null;
  }

  function showResults(form, { hits, total, isCut }) {
    const note = document.createElement("p");
    note.setAttribute("role", "status");
    note.textContent = total
      ? `${isCut ? "More than " : ""}${total} found.`
      : "Nothing here has these words. That says nothing about the world: only what sources were recorded to say is here.";
    const list = document.createElement("ol");
    list.className = "hits";
    list.replaceChildren(...hits.map((hit) => createItem(hit, SAID_IN_RESULTS)));
    form.after(note, list);
  }

  function show(list, hits) {
    list.replaceChildren(...hits.map((hit) => createItem(hit, 1)));
    list.hidden = hits.length === 0;
  }

  // With who says the words, where they are said: the first so many of them.
  function createItem(hit, listed) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = hit.path;
    const isQuote = hit.matched === "words";
    link.append(createText(isQuote ? "q" : "bdi", isQuote ? hit.text : hit.name || hit.text, isQuote ? hit.text_language : hit.language));
    item.append(link, " ", createText("span", hit.kind, "", "tag"));
    if (!isQuote && hit.text !== hit.name) {
      item.append(" ", createText("span", `${hit.matched}: `, "", "meta"), createText("bdi", hit.text, hit.text_language));
    }
    const told = hit.said.slice(0, listed).map(describe);
    const others = hit.said.length - told.length + (hit.more ?? 0);
    if (others) told.push(`and ${others} more`);
    if (told.length) item.append(" ", createText("span", `(${told.join("; ")})`, "", "meta"));
    return item;
  }

  function describe(said) {
    const source = said.source_name ? `, in ${isolate(said.source_name)}` : "";
    const hedge = `, hedge: ${said.hedge || "not recorded"}`;
    return `${isolate(said.speaker_name)} ${said.act}${source}${hedge}${said.taken_back ? ", taken back since" : ""}`;
  }

  // So that a name in another script does not reorder what stands around it.
  function isolate(name) {
    return `\u2068${name}\u2069`;
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

// Offers things by name while one is typed into the form of a question. Without this script the server asks what is meant.
"use strict";

(() => {
  const PAUSE_MS = 150;
  const LISTED = 8;
  // The server may be below a path.
  const SEARCH = new URL("../search", document.currentScript.src);
  for (const input of document.querySelectorAll("input[data-kind]")) new Completion(input).start();

  /** A combobox as https://www.w3.org/WAI/ARIA/apg/patterns/combobox/ describes it, with a list that is searched for. */
  function Completion(input) {
    const list = document.createElement("ul");
    let timer = 0;
    let request = null;
    let current = -1;

    this.start = () => {
      list.className = "suggestions";
      list.id = `${input.id}-suggestions`;
      list.setAttribute("role", "listbox");
      list.setAttribute("aria-label", "Found");
      list.hidden = true;
      const box = document.createElement("span");
      box.className = "combobox";
      input.replaceWith(box);
      box.append(input, list);
      for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
        input.setAttribute(name, value);
      }
      input.addEventListener("input", () => {
        clearTimeout(timer);
        request?.abort();
        const words = input.value.trim();
        if (words) timer = setTimeout(() => search(words), PAUSE_MS);
        else close();
      });
      input.addEventListener("keydown", handleKey);
      input.addEventListener("blur", close);
      // Before the field loses the focus, which closes the list.
      list.addEventListener("mousedown", (event) => {
        event.preventDefault();
        const option = event.target.closest("[role=option]");
        if (option) choose(option);
      });
    };

    async function search(words) {
      request = new AbortController();
      const parameters = new URLSearchParams({ q: words, first: LISTED, format: "json" });
      if (input.dataset.kind) parameters.set("kind", input.dataset.kind);
      try {
        const response = await fetch(`${SEARCH}?${parameters}`, { signal: request.signal });
        if (!response.ok) return close();
        const { hits } = await response.json();
        const wanted = hits.filter((hit) => input.dataset.kind === "statement" || hit.kind !== "statement");
        list.replaceChildren(...wanted.map(createOption));
        list.hidden = wanted.length === 0;
        input.setAttribute("aria-expanded", String(!list.hidden));
        mark(-1);
      } catch (error) {
        if (error.name !== "AbortError") close();
      }
    }

    function handleKey(event) {
      if (event.key === "Escape" && !list.hidden) {
        close();
        event.preventDefault();
      }
      if (list.hidden) return;
      const count = list.children.length;
      if (event.key === "ArrowDown") mark((current + 1) % count);
      else if (event.key === "ArrowUp") mark((current - 1 + count) % count);
      else if (event.key === "Enter" && current >= 0) choose(list.children[current]);
      else return;
      event.preventDefault();
    }

    function mark(index) {
      current = index;
      [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === index)));
      if (index < 0) return input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-activedescendant", list.children[index].id);
      list.children[index].scrollIntoView({ block: "nearest" });
    }

    /** Writes the name with the id that settles what it means. */
    function choose(option) {
      input.value = `${option.dataset.name} [${option.dataset.id}]`;
      close();
    }

    function close() {
      clearTimeout(timer);
      request?.abort();
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function createOption(hit, index) {
      const option = document.createElement("li");
      const isQuote = hit.matched === "words";
      const name = isQuote ? hit.text : hit.name || hit.text;
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
      Object.assign(option.dataset, { id: hit.id, name: name.replaceAll(/[[\]]/g, "") });
      option.append(createText(isQuote ? "q" : "bdi", name, isQuote ? hit.text_language : hit.language), " ", createText("span", hit.kind, "", "tag"));
      if (!isQuote && hit.text !== hit.name) {
        option.append(" ", createText("span", `${hit.matched}: `, "", "meta"), createText("bdi", hit.text, hit.text_language));
      }
      const [said] = hit.said;
      if (said) {
        const parts = [
          `${said.speaker_name} ${said.act}`,
          said.source_name ? `, in ${said.source_name}` : "",
          `; hedge: ${said.hedge || "not recorded"}`,
          said.taken_back ? "; taken back since" : "",
          hit.said.length > 1 ? `; and ${hit.said.length - 1} more` : "",
        ];
        option.append(" ", createText("span", `(${parts.join("")})`, "", "meta"));
      }
      return option;
    }
  }

  function createText(element, text, language, className = "") {
    const created = document.createElement(element);
    created.textContent = text;
    created.dir = "auto";
    if (language) created.lang = language;
    if (className) created.className = className;
    return created;
  }
})();

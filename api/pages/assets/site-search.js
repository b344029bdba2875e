// The search of a copy of the site (kg publish): finds words in the files of its index, without a server.
// Folds words as kg/name_folding.py does; the layout of the files is that of api/static_site/search_files.py.
"use strict";

(() => {
  const MAX_WORDS = 8;
  const MAX_FILES = 12;
  const MAX_CANDIDATES = 100;
  const APOSTROPHES = /['`\u00b4\u2018-\u201b\u02bb-\u02bd\u02be\u02bf\u02c8]/u;
  const LETTERS = { "\u0671": "\u0627", "\u0649": "\u064a", "\u06cc": "\u064a", "\u06a9": "\u0643", "\u0629": "\u0647" };
  const VARIANTS = [
    [/(?<=[^aeiou])[ae]h?$/u, "a"],
    [/ae|ai|ay|ei|ey|ee|ie/gu, "i"],
    [/aw|au|ou|ow|oo|o/gu, "u"],
    [/e|y/gu, "i"],
    [/q/gu, "k"],
    [/(.)\1/gu, "$1"],
  ];
  const root = new URL("../", document.currentScript.src);
  const fetched = new Map();

  function foldName(text) {
    let folded = "";
    for (const sign of text.normalize("NFKD").toLowerCase().replaceAll("ß", "ss").replaceAll("ς", "σ")) {
      if (/[\p{Mn}\p{Me}\p{Cf}\u0640]/u.test(sign) || APOSTROPHES.test(sign)) continue;
      if (/\p{Nd}/u.test(sign)) folded += digitOf(sign.codePointAt(0));
      else if (/[\p{L}\p{N}]/u.test(sign)) folded += LETTERS[sign] ?? sign;
      else folded += " ";
    }
    return folded.split(/\s+/u).filter(Boolean).join(" ");
  }

  function digitOf(code) {
    let zero = code;
    while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
    return String((code - zero) % 10);
  }

  function foldTransliteration(text) {
    const withoutArticle = text.replace(/(?<![\p{L}\p{N}_])[ae](?:[lzsrtdn]|sh)[-\u2010\u2011](?=[\p{L}\p{N}_])/giu, "");
    const kept = split(foldName(withoutArticle));
    const words = kept.length ? kept : split(foldName(text));
    const without = words.filter((word) => word !== "al" && word !== "el");
    return (without.length ? without : words).map(foldWord).join(" ");
  }

  function foldWord(word) {
    const article = /\u0627\u0644(?=[\p{L}\p{N}_]{3})/gu;
    let folded = word.search(article) === 0 ? word.replace(article, "") : word;
    for (const [pattern, variant] of VARIANTS) folded = folded.replace(pattern, variant);
    return folded;
  }

  function split(folded) {
    return folded.split(" ").filter(Boolean);
  }

  async function load(file) {
    if (!fetched.has(file)) {
      fetched.set(file, fetch(new URL(`search/${file}`, root)).then((response) => (response.ok ? response.json() : null)));
    }
    return fetched.get(file);
  }

  // The numbers of the texts that have the word, or with isPrefix a word that begins so.
  async function textsWith(word, isPrefix, sort, keys) {
    const longest = keys.filter((key) => word.startsWith(key)).at(-1);
    const chosen = [...(longest ? [longest] : []), ...(isPrefix ? keys.filter((key) => key.startsWith(word) && key !== longest) : [])];
    const found = new Set();
    for (const key of chosen.slice(0, MAX_FILES)) {
      const name = Array.from(key, (letter) => letter.codePointAt(0).toString(16)).join("-");
      const postings = (await load(`words/${name}.json`))?.[sort] ?? {};
      for (const [known, numbers] of Object.entries(postings)) {
        if (known === word || (isPrefix && known.startsWith(word))) numbers.forEach((number) => found.add(number));
      }
    }
    return found;
  }

  async function match(words, sort, keys) {
    const sets = [];
    const used = words.slice(0, MAX_WORDS);
    for (const [position, word] of used.entries()) {
      sets.push(await textsWith(word, position === used.length - 1, sort, keys));
    }
    if (!sets.length) return [];
    const [first, ...others] = sets;
    return [...first].filter((number) => others.every((set) => set.has(number))).sort((one, other) => one - other);
  }

  function place(text, wanted) {
    if (text.folded === wanted) return text.matched === "name" || text.matched === "title" ? 0 : 1;
    return text.folded.startsWith(wanted) ? 2 : 3;
  }

  // What has all of the words, the best first; by transliteration if nothing is spelled so. One for each resource.
  async function find(words, listed) {
    const index = await load("index.json");
    if (!index) return { hits: [], total: 0 };
    const wanted = foldName(words);
    let numbers = await match(split(wanted), "spelled", index.keys);
    if (!numbers.length) numbers = await match(split(foldTransliteration(words)), "transliterated", index.keys);
    const best = new Map();
    for (const number of numbers.slice(0, MAX_CANDIDATES)) {
      const file = await load(`texts/${Math.floor(number / index.textsInFile)}.json`);
      const text = file?.[number % index.textsInFile];
      if (!text) continue;
      const known = best.get(text.path);
      if (!known || place(text, wanted) < place(known, wanted)) best.set(text.path, text);
    }
    const hits = [...best.values()].sort((one, other) => place(one, wanted) - place(other, wanted));
    return { hits: hits.slice(0, listed).map(withLinks), total: hits.length, isCut: numbers.length > MAX_CANDIDATES };
  }

  function withLinks(text) {
    const said = text.said.map((saying) => ({ ...saying, statement_path: new URL(saying.statement_path, root).href }));
    return { ...text, path: new URL(text.path, root).href, said };
  }

  globalThis.siteSearch = { find, foldName, foldTransliteration };
})();

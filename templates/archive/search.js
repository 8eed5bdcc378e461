// Searches the archive in the reader's own browser; the index lies beside the pages.
"use strict";

(() => {
  const form = document.getElementById("search");
  const field = document.getElementById("search-words");
  const status = document.getElementById("search-status");
  const list = document.getElementById("search-results");
  const more = document.getElementById("search-more");
  const tongues = document.getElementById("search-tongues");
  const names = ["q", "section", "year", "order"];
  const root = new URL(form.dataset.root, location.href);
  const AT_ONCE = 10;
  const PAUSE_MS = 200;
  let waiting = null;
  let asked = 0;
  let rest = [];
  let index = null;

  const said = (text, words) => text.replace(/\{\w+\}/, () => words);

  // A module cannot be loaded from a disk; then the lists below serve.
  const load = () => {
    index ??= import(new URL("pagefind/pagefind.js", root)).then(async (search) => {
      await search.options({ excerptLength: 32 });
      await search.init();
      return search;
    });
    return index;
  };

  const parsed = (html) => new DOMParser().parseFromString(html, "text/html").body;

  // The excerpt is HTML with words in <mark>; nothing else of it is taken over.
  const marked = (excerpt, content) => {
    const [part, whole] = [parsed(excerpt), parsed(content).textContent];
    const nodes = [...part.childNodes].map((node) => {
      if (node.nodeName !== "MARK") return document.createTextNode(node.textContent);
      const mark = document.createElement("mark");
      mark.textContent = node.textContent;
      return mark;
    });
    const before = whole.startsWith(part.textContent) ? "" : "… ";
    return [before, ...nodes, whole.endsWith(part.textContent) ? "" : " …"];
  };

  const shown = ({ meta, filters, excerpt, content }) => {
    const told = (name) => filters[`shown-${name}`]?.[0] ?? "";
    const item = document.createElement("li");
    const heading = document.createElement("h2");
    const link = document.createElement("a");
    const facts = document.createElement("p");
    const text = document.createElement("p");
    const target = new URL(told("url"), root);
    if (target.origin === root.origin && /^(https?|file):$/.test(target.protocol)) {
      link.href = target.href;
    }
    link.textContent = meta.title;
    facts.className = "small";
    facts.textContent = [told("section"), told("date"), told("issue")].filter(Boolean).join(" · ");
    text.append(...marked(excerpt, content));
    const tag = told("tag");
    if (tag && tag !== document.documentElement.lang) {
      for (const node of [heading, text]) [node.lang, node.dir] = [tag, "auto"];
    }
    heading.append(link);
    item.append(heading, facts, text);
    return item;
  };

  const next = async (turn) => {
    const part = await Promise.all(rest.slice(0, AT_ONCE).map((found) => found.data()));
    if (turn !== asked) return null;
    rest = rest.slice(AT_ONCE);
    more.hidden = !rest.length;
    const items = part.map(shown);
    list.append(...items);
    return items[0] ?? null;
  };

  const forgotten = () => {
    list.replaceChildren();
    more.hidden = true;
    status.textContent = "";
  };

  const search = async () => {
    const turn = ++asked;
    const wanted = Object.fromEntries(names.map((name) => [name, form.elements[name].value.trim()]));
    remember(wanted);
    if (!wanted.q && !wanted.section && !wanted.year) return forgotten();
    const filters = Object.fromEntries(
      ["section", "year"].filter((name) => wanted[name]).map((name) => [name, wanted[name]]),
    );
    const sort = wanted.order || !wanted.q ? { date: "desc" } : {};
    try {
      const found = await (await load()).search(wanted.q || null, { filters, sort });
      if (turn !== asked) return undefined;
      rest = found.results;
      forgotten();
      const count = rest.length;
      await next(turn);
      if (turn !== asked) return undefined;
      status.textContent = count
        ? said(form.dataset.count, count.toLocaleString(document.documentElement.lang))
        : said(wanted.q ? form.dataset.none : form.dataset.nothing, wanted.q);
    } catch {
      status.textContent = form.dataset[location.protocol === "file:" ? "disk" : "failed"];
      index = null;
    }
    return undefined;
  };

  // The address holds the search, so that it can be shared and survives going back.
  const remember = (wanted) => {
    const query = new URLSearchParams(Object.entries(wanted).filter(([, value]) => value));
    const tail = query.size ? `?${query}` : location.pathname;
    if (location.protocol !== "file:") history.replaceState(null, "", tail);
    for (const link of tongues?.querySelectorAll("a") ?? []) link.search = query.size ? `?${query}` : "";
  };

  const begin = () => {
    const query = new URLSearchParams(location.search);
    for (const name of names) form.elements[name].value = query.get(name) ?? "";
    if (location.protocol === "file:") {
      status.textContent = form.dataset.disk;
      return;
    }
    status.textContent = "";
    form.hidden = false;
    if (tongues) tongues.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      clearTimeout(waiting);
      search();
    });
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(search, PAUSE_MS);
    });
    field.addEventListener("focus", () => load().catch(() => {}), { once: true });
    more.addEventListener("click", async () => {
      const first = await next(asked);
      first?.querySelector("a")?.focus();
    });
    if (names.some((name) => form.elements[name].value)) search();
    else field.focus({ preventScroll: true });
  };

  begin();
})();

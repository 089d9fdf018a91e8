// What an organiser types survives a lost connection, a call, a second sign-in: it is kept on this phone until it is
// saved, forgotten by a tap, a day old, or its writer signs out. Names of persons and passwords are never kept.
"use strict";

(() => {
  const PREFIX = "draft:";
  const A_DAY = 24 * 3600 * 1000;
  const MOST_ROWS = 30;
  const texts = document.getElementById("draft-texts")?.dataset;
  const mark = document.querySelector("input[name=_draft]");
  if (!texts) return;

  function read(key) {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function write(key, draft) {
    try {
      localStorage.setItem(key, JSON.stringify(draft));
    } catch {
      // Storage is full or forbidden: typing goes on as without this script.
    }
  }

  function keys() {
    try {
      return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
    } catch {
      return [];
    }
  }

  function prune() {
    for (const key of keys()) {
      const draft = read(key);
      const isSaved = mark?.dataset.saved && draft?.token === mark.dataset.saved;
      if (!draft || isSaved || draft.at < Date.now() - A_DAY) localStorage.removeItem(key);
    }
  }

  // Nothing more is kept of a page that is being left for good.
  let leaving = false;

  document.addEventListener("submit", (event) => {
    if (event.target.id !== "logout-form") return;
    leaving = true;
    for (const key of keys()) localStorage.removeItem(key);
  });

  prune();
  if (!mark) return;
  const form = mark.form;
  const key = `${PREFIX}${mark.dataset.owner}:${location.pathname}`;
  const isRefused = Boolean(document.querySelector(".errornote"));

  function isKept(element) {
    const kinds = ["hidden", "password", "file", "submit", "button", "reset", "fieldset"];
    return element.name && !kinds.includes(element.type) && !("private" in element.dataset) && !element.readOnly;
  }

  function valueOf(element, asServed) {
    if (element.type === "checkbox" || element.type === "radio")
      return String(asServed ? element.defaultChecked : element.checked);
    if (element.tagName === "SELECT") {
      const chosen = [...element.options].filter((one) => (asServed ? one.defaultSelected : one.selected));
      // Of a list with nothing chosen by the server the browser chooses the first.
      if (asServed && !chosen.length && !element.multiple) return element.options[0]?.value ?? "";
      return chosen.map((one) => one.value).join("\n");
    }
    return asServed ? element.defaultValue : element.value;
  }

  function put(element, value) {
    if (element.type === "checkbox" || element.type === "radio") element.checked = value === "true";
    else if (element.tagName === "SELECT")
      for (const one of element.options) one.selected = value.split("\n").includes(one.value);
    else element.value = value;
    element.dispatchEvent(new Event("input", { bubbles: true }));
    element.dispatchEvent(new Event("change", { bubbles: true }));
    for (let box = element.closest("details"); box; box = box.parentElement.closest("details")) box.open = true;
  }

  // Several radio buttons share a name.
  const nameOf = (element) => (element.type === "radio" ? `${element.name}=${element.value}` : element.name);
  const controls = () => [...form.elements].filter(isKept);
  const totals = () => [...form.querySelectorAll("input[name$=-TOTAL_FORMS]")];

  const earlier = read(key);
  const token = earlier?.token ?? String(Date.now()) + Math.random().toString(36).slice(2);
  const served = new Map(controls().map((element) => [nameOf(element), valueOf(element, true)]));
  // On a page that was refused, what is served is what was typed: the draft knows what had been stored.
  const base = isRefused && earlier ? new Map([...served, ...Object.entries(earlier.base)]) : served;
  let clashes = [];
  mark.value = token;

  // What is written in words is shown again where its field is not there any more; a choice is not.
  function labelOf(element) {
    const isText = element.tagName === "TEXTAREA" || element.type === "text" || element.type === "url";
    return isText ? (element.labels?.[0]?.textContent.trim().replace(/\s*:$/, "") ?? "") : null;
  }

  function keep() {
    if (leaving) return;
    const fields = {};
    const before = {};
    const labels = {};
    for (const element of controls()) {
      const name = nameOf(element);
      const value = valueOf(element, false);
      if (value === (base.get(name) ?? "")) continue;
      fields[name] = value;
      before[name] = base.get(name) ?? "";
      labels[name] = labelOf(element);
    }
    for (const clash of clashes) {
      [fields[clash.name], before[clash.name], labels[clash.name]] = [clash.value, clash.base, clash.label];
    }
    if (!Object.keys(fields).length) {
      localStorage.removeItem(key);
      return;
    }
    const rows = Object.fromEntries(totals().map((total) => [total.name, Number(total.value)]));
    write(key, { token, at: Date.now(), fields, base: before, labels, rows });
  }

  function addRows(rows) {
    for (const [name, number] of Object.entries(rows)) {
      const total = form.elements[name];
      const add = total?.closest(".inline-group")?.querySelector(".add-row a");
      for (let tries = 0; add && Number(total.value) < number && tries < MOST_ROWS; tries += 1) add.click();
    }
  }

  function restore(draft) {
    addRows(draft.rows);
    const byName = new Map(controls().map((element) => [nameOf(element), element]));
    let restored = 0;
    for (const [name, value] of Object.entries(draft.fields)) {
      const element = byName.get(name);
      const now = element ? valueOf(element, false) : null;
      if (now === value) continue;
      if (element && now === draft.base[name]) {
        put(element, value);
        restored += 1;
      } else if (value.trim() && draft.labels[name] !== null) {
        clashes.push({ name, value, base: draft.base[name], label: draft.labels[name] });
      }
    }
    if (restored || clashes.length) say(restored ? texts.restored : texts.clash, draft.at);
    else localStorage.removeItem(key);
  }

  function say(words, at) {
    const banner = document.createElement("section");
    banner.className = "card draft-banner";
    banner.setAttribute("role", "status");
    const hour = new Date(at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
    const line = document.createElement("p");
    line.textContent = words.replace("{hour}", hour);
    banner.append(line);
    if (clashes.length) banner.append(listClashes(words !== texts.clash));
    const forget = document.createElement("button");
    forget.type = "button";
    forget.textContent = texts.forget;
    forget.addEventListener("click", () => {
      clashes = [];
      localStorage.removeItem(key);
      leaving = true;
      location.replace(location.pathname);
    });
    const buttons = document.createElement("p");
    buttons.className = "buttons";
    buttons.append(forget);
    banner.append(buttons);
    form.prepend(banner);
  }

  function listClashes(explain) {
    const list = document.createElement("div");
    if (explain) list.append(Object.assign(document.createElement("p"), { textContent: texts.clash }));
    for (const { label, value } of clashes) {
      const quote = document.createElement("blockquote");
      quote.textContent = label ? `${label}\n${value}` : value;
      list.append(quote);
    }
    return list;
  }

  let pause;
  form.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(keep, 300);
  });
  form.addEventListener("change", keep);
  window.addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => document.hidden && keep());

  form.addEventListener("submit", (event) => {
    keep();
    if (navigator.onLine) return;
    // Nothing is lost in a page that says "no network": the form stays, and so does what was typed.
    event.preventDefault();
    event.stopImmediatePropagation();
    window.alert(texts.offline);
  });

  // In turn behind Django's own script, which makes the links that add rows.
  const whenReady = window.django?.jQuery ?? ((work) => window.addEventListener("load", work));
  whenReady(() => {
    if (earlier && !isRefused) restore(earlier);
  });
})();

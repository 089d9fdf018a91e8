// Refreshes figures, states and buttons of alerts while they are sent; stops when nothing will change, or nobody looks.
"use strict";

const card = document.querySelector("[data-status]");
let timer;

// By which a button or a link is known again in what replaces it.
function addressOf(element) {
  return element.getAttribute("formaction") ?? element.getAttribute("href");
}

function put(fragments) {
  for (const [name, html] of Object.entries(fragments)) {
    const place = document.querySelector(`[data-fragment="${name}"]`);
    // Unchanged content stays, so that focus and reading position do too; a button is not taken from under a finger.
    if (place && place.dataset.last !== html && !place.querySelector(":active")) {
      const held = place.contains(document.activeElement) ? addressOf(document.activeElement) : null;
      place.innerHTML = html;
      place.dataset.last = html;
      const same = held && [...place.querySelectorAll("button, a")].find((one) => addressOf(one) === held);
      if (same) same.focus({ preventScroll: true });
    }
  }
}

function fix(alerts) {
  // What has begun to be sent cannot be edited any more: the server refuses it, the page says so.
  for (const alert of alerts) {
    const fields = document.querySelector(`[data-alert="${alert}"] .alert-fields`);
    if (fields) fields.disabled = true;
  }
}

function plan(milliseconds) {
  clearTimeout(timer);
  if (milliseconds && !document.hidden) timer = setTimeout(ask, milliseconds);
}

async function ask() {
  try {
    const answer = await fetch(card.dataset.status, { headers: { Accept: "application/json" }, redirect: "error" });
    if (!answer.ok) return;
    const status = await answer.json();
    card.dataset.askAgain = status.ask_again ?? "";
    put(status.fragments);
    fix(status.fixed);
  } catch {
    // Offline for a moment, or signed out: the next try will tell.
  }
  plan(Number(card.dataset.askAgain));
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) clearTimeout(timer);
  else if (card.dataset.askAgain) ask();
});

plan(Number(card.dataset.askAgain));

// Refreshes figures, states and buttons of alerts while they are sent; stops when nothing will change, or nobody looks.
"use strict";

const card = document.querySelector("[data-status]");
let timer;

function put(fragments) {
  for (const [name, html] of Object.entries(fragments)) {
    const place = document.querySelector(`[data-fragment="${name}"]`);
    // Unchanged content stays, so that focus and reading position do too.
    if (place && place.dataset.last !== html) {
      place.innerHTML = html;
      place.dataset.last = html;
    }
  }
}

function fix(alerts) {
  // What has begun to be sent cannot be edited any more: the server refuses it, the page says so.
  for (const alert of alerts) {
    const fields = document.querySelector(`[data-alert="${alert}"] > .alert-fields`);
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

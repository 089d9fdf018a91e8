// While it is typed: the hour that follows from the plan, and the alert as phones would show it. The server decides.
"use strict";

const MINUTES = { m: 1, h: 60, d: 1440 };
const pad = (number) => String(number).padStart(2, "0");

// Reckons on the wall clock; in the night of a clock change the server may say an hour more or less.
function shifted(local, minutes) {
  const moment = new Date(`${local}:00Z`);
  if (Number.isNaN(moment.getTime())) return null;
  moment.setUTCMinutes(moment.getUTCMinutes() + minutes);
  const day = `${moment.getUTCFullYear()}-${pad(moment.getUTCMonth() + 1)}-${pad(moment.getUTCDate())}`;
  return `${day}T${pad(moment.getUTCHours())}:${pad(moment.getUTCMinutes())}`;
}

// `shown` tells the server which hours were put there for the organiser; all others are typed.
function showHour(box, planChanged) {
  const card = box.closest(".alert-card");
  const value = (part) => box.querySelector(`[name$="-plan_${part}"]`).value;
  const [moment, until, shown] = ["send_at", "expires_at", "shown"].map((name) => card.querySelector(`[name$="-${name}"]`));
  const [momentBefore, untilBefore = ""] = shown.value.split(" ");
  const relation = value("relation");
  if (relation === "fixed" || value("number") === "") return;
  if (!planChanged && moment.value !== momentBefore) return;
  const [side, anchor] = relation.split("_");
  const counted = document.getElementById(anchor === "start" ? "id_starts_at" : "id_ends_at")?.value.slice(0, 16) ?? "";
  const next = shifted(counted, Number(value("number")) * MINUTES[value("unit")] * (side === "before" ? -1 : 1));
  if (!next) return;
  const length = (new Date(`${until.value}Z`) - new Date(`${moment.value}Z`)) / 60000;
  const movesUntil = until.value === untilBefore && Number.isFinite(length);
  moment.value = next;
  if (movesUntil) until.value = shifted(next, length);
  shown.value = `${next} ${movesUntil ? until.value : untilBefore}`;
}

function cut(text, most) {
  const line = [...text.trim().replaceAll(/\s+/g, " ")];
  return line.length <= most ? line.join("") : `${line.slice(0, most - 1).join("").trimEnd()}…`;
}

function showPreview(input) {
  const card = input.closest(".alert-card");
  const part = input.name.includes("-title_") ? "title" : "body";
  const shown = card.querySelectorAll(`.notification[lang="${input.lang}"] .notification-${part}[data-cut]`);
  if (!input.value.trim()) return;
  for (const place of shown) place.textContent = cut(input.value, Number(place.dataset.cut));
}

document.addEventListener("input", (event) => {
  const box = event.target.closest(".plan-parts");
  if (box) showHour(box, true);
  if (event.target.lang && event.target.closest(".alert-card")) showPreview(event.target);
  if (event.target.id === "id_starts_at" || event.target.id === "id_ends_at") {
    for (const plan of document.querySelectorAll(".alert-card:not(.empty-form) .plan-parts")) showHour(plan, false);
  }
});

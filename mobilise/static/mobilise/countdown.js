// Counts down to moments that the page names by their hour too. Without this script the hour is all there is.
"use strict";

function remaining(moment) {
  const seconds = Math.max(0, Math.ceil((moment - Date.now()) / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function countDown() {
  // Asked for anew each time: what refreshes the page may have put others in their place.
  for (const place of document.querySelectorAll("[data-countdown]")) {
    place.textContent = remaining(Date.parse(place.dataset.countdown));
    place.hidden = false;
  }
}

countDown();
setInterval(countDown, 1000);

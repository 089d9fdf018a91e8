"""Scripts that both drivers run in pages."""

# In a page, or in a service worker.
NOTIFICATIONS = """
async () => {
  const registration = globalThis.registration ?? await navigator.serviceWorker.getRegistration();
  if (!registration) return [];
  return (await registration.getNotifications()).map(
    ({ title, body, tag, lang, data, silent }) => ({ title, body, tag, lang, data, silent }));
}
"""

SHOWS_TEXT = "text => !!document.body && document.body.innerText.includes(text)"

VISIBLE_TEXT = "() => document.body ? document.body.innerText.slice(0, 800) : ''"

HAS_BUTTON = "name => [...document.querySelectorAll('button')].some(one => one.textContent.trim() === name)"

PRESS = "name => [...document.querySelectorAll('button')].find(one => one.textContent.trim() === name).click()"

CHECK_ALL = "() => { for (const box of document.querySelectorAll('main [type=checkbox]:not(:checked)')) box.click(); }"

"""A tiny site with a service worker, to prove the stand-ins and drivers without the project's own app."""

from aiohttp import web

from tests.browsers.loop_thread import LoopThread

PAGE = """<!doctype html><html lang="fr"><meta name="viewport" content="width=device-width">
<title>{title}</title><h1>{title}</h1><script type="module">
async function subscribe(key) {{
  await navigator.serviceWorker.register("/sw.js");
  const registration = await navigator.serviceWorker.ready;
  const bytes = Uint8Array.from(atob(key.replace(/-/g, "+").replace(/_/g, "/")), c => c.charCodeAt(0));
  const options = {{ userVisibleOnly: true, applicationServerKey: bytes }};
  const subscription = await registration.pushManager.subscribe(options);
  return {{ ...subscription.toJSON(), getter: subscription.endpoint }};
}}
window.subscribe = subscribe;
</script></html>"""

WORKER = """
addEventListener("install", () => skipWaiting());
addEventListener("activate", event => event.waitUntil(clients.claim()));
addEventListener("push", event => {
  const { title, body, navigate, tag } = event.data.json().notification;
  event.waitUntil(registration.showNotification(title, { body, tag, data: { navigate } }));
});
addEventListener("notificationclick", event => {
  event.notification.close();
  const { navigate } = event.notification.data;
  event.waitUntil((async () => {
    for (const client of await clients.matchAll({ type: "window" }))
      if (client.url === navigate) {
        await client.focus();
        return fetch("/worker-focused");
      }
    await clients.openWindow(navigate);
    return fetch("/worker-opened");
  })());
});
"""


class Site:
    """Serves any path as a page, `/sw.js` as the worker.

    `/strict` forbids the page's own inline script; `paths` are those that were asked for.
    """

    def __init__(self) -> None:
        self.paths: list[str] = []
        self._thread = LoopThread("site")
        self.origin = self._thread.run(self._start())

    def stop(self) -> None:
        """Stops serving."""
        self._thread.run(self._runner.cleanup())
        self._thread.stop()

    async def _start(self) -> str:
        app = web.Application()
        app.router.add_get("/sw.js", self._worker)
        app.router.add_get("/{path:.*}", self._page)
        self._runner = web.AppRunner(app, shutdown_timeout=1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def _worker(self, request: web.Request) -> web.Response:
        return web.Response(text=WORKER, content_type="text/javascript")

    async def _page(self, request: web.Request) -> web.Response:
        self.paths.append(request.path)
        headers = {"Content-Security-Policy": "default-src 'self'"} if request.path == "/strict" else None
        return web.Response(text=PAGE.format(title=request.path), content_type="text/html", headers=headers)

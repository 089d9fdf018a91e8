"""Scripts and switches that the driver gives to Chromium."""

FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    # No name but loopback's resolves: nothing leaves this machine, and whoever tries is seen in `requested_urls`.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]

# The application server sends to the endpoint that the page reports: it is to be the stand-in's, as Google's own
# address is built into Chromium. The pages see no other difference.
REWRITE_ENDPOINT = """
(() => {
  if (!globalThis.PushSubscription) return;
  const from = %s, to = %s;
  const rewrite = url => url.startsWith(from) ? to + url.slice(from.length) : url;
  const prototype = PushSubscription.prototype;
  const { get } = Object.getOwnPropertyDescriptor(prototype, "endpoint");
  const toJSON = prototype.toJSON;
  Object.defineProperty(prototype, "endpoint",
    { get() { return rewrite(get.call(this)); }, enumerable: true, configurable: true });
  prototype.toJSON = function () {
    const json = toJSON.call(this);
    return { ...json, endpoint: rewrite(json.endpoint) };
  };
})();
"""

AXE_RUN = """
async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(
  ({ id, impact, help, nodes }) => ({ id, impact, help, where: nodes.map(node => node.target.join(" ")) }))
"""

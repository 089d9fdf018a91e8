"""Somebody who hears a page: what the accessibility tree holds, and what its live regions say."""

from itertools import pairwise
from typing import Any

from playwright.sync_api import CDPSession, Page

# What a screen reader is told of: text that comes into a region which was there before.
LISTEN = """
window.heard = [];
const REGION = "[role=status], [role=alert], [aria-live]";
new MutationObserver(changes => {
  for (const { target } of changes) {
    const region = (target.nodeType === 1 ? target : target.parentElement)?.closest(REGION);
    if (region) window.heard.push(region.textContent.replace(/\\s+/g, " ").trim());
  }
}).observe(document, { childList: true, characterData: true, subtree: true });
"""
NAMED = {"button", "link", "checkbox", "radio", "textbox", "combobox", "tab", "tabpanel", "tablist", "navigation"} | {
    "image",
    "timer",
    "dialog",
    "Time",
    "Date",
}
LANDMARKS = {"main", "navigation", "banner", "contentinfo"}
Node = dict[str, Any]


class Reader:
    """Acts on nodes of the tree only; ``faults`` collects what is wrong with any tree that was read."""

    def __init__(self, page: Page, devtools: CDPSession) -> None:
        self.page = page
        self.faults: list[str] = []
        self._devtools = devtools
        page.add_init_script(LISTEN)

    def tree(self) -> list[Node]:
        """All that is not ignored, in the order in which it is read."""
        nodes = self._devtools.send("Accessibility.getFullAXTree")["nodes"]
        by_id = {node["nodeId"]: node for node in nodes}

        def walk(node: Node) -> list[Node]:
            below = [each for child in node.get("childIds", []) if child in by_id for each in walk(by_id[child])]
            return below if node["ignored"] else [node, *below]

        return walk(nodes[0])

    def find(self, role: str, name: str, *, exact: bool = True) -> Node:
        """Waits for the node."""
        for _ in range(200):
            found = [node for node in self.tree() if node["role"]["value"] == role and is_named(node, name, exact)]
            if found:
                return found[0]
            self.page.wait_for_timeout(100)
        known = [(node["role"]["value"], name_of(node)) for node in self.tree() if name_of(node)]
        raise AssertionError(f"no {role} {name!r} in {known}")

    def go(self, role: str, name: str, *, exact: bool = True) -> None:
        """The node's own action, as a screen reader asks for it."""
        self._call(self.find(role, name, exact=exact), "function () { this.focus(); this.click(); }")

    def tick(self, name: str) -> None:
        """The state is in the tree, and changes there."""
        before = state(self.find("checkbox", name, exact=False), "checked")
        self.go("checkbox", name, exact=False)
        if state(self.find("checkbox", name, exact=False), "checked") == before:
            self.faults.append(f"the box {name!r} does not say that it changed")

    def choose(self, name: str) -> None:
        self.go("radio", name, exact=False)
        if state(self.find("radio", name, exact=False), "checked") != "true":
            self.faults.append(f"the choice {name!r} does not say that it is chosen")

    def open_tab(self, name: str) -> None:
        self.go("tab", name)
        if state(self.find("tab", name), "selected") is not True:
            self.faults.append(f"the tab {name!r} does not say that it is open")
        self.find("tabpanel", name)

    def write(self, name: str, text: str) -> None:
        self._call(self.find("textbox", name), "function () { this.focus(); }")
        self.page.keyboard.insert_text(text)

    def hears(self, *texts: str) -> None:
        """One of them was said, once it is."""
        for _ in range(300):
            if self.page.evaluate("all => window.heard.some(each => all.some(text => each.includes(text)))", texts):
                self.page.evaluate("() => { window.heard = []; }")
                return
            self.page.wait_for_timeout(100)
        raise AssertionError(f"{texts} was not said, but {self.page.evaluate('() => window.heard')}")

    def look(self) -> None:
        """One main part, one first heading, no level left out, and a name for whatever can be used."""
        tree, where = self.tree(), self.page.url
        roles = [node["role"]["value"] for node in tree]
        levels = [state(node, "level") for node in tree if node["role"]["value"] == "heading"]
        if roles.count("main") != 1:
            self.faults.append(f"{where}: {roles.count('main')} main parts")
        if levels.count(1) != 1 or levels[:1] != [1]:
            self.faults.append(f"{where}: headings {levels}")
        if any(below > above + 1 for above, below in pairwise(levels)):
            self.faults.append(f"{where}: levels left out in {levels}")
        if "status" not in roles:
            self.faults.append(f"{where}: no region that says what becomes of a gesture")
        nameless = [role for role, node in zip(roles, tree, strict=True) if role in NAMED and not name_of(node)]
        self.faults += [f"{where}: {role} without a name" for role in nameless]

    def _call(self, node: Node, function: str) -> None:
        resolved = self._devtools.send("DOM.resolveNode", {"backendNodeId": node["backendDOMNodeId"]})
        called = {"objectId": resolved["object"]["objectId"], "functionDeclaration": function, "userGesture": True}
        self._devtools.send("Runtime.callFunctionOn", called)


def name_of(node: Node) -> str:
    return " ".join(str(node.get("name", {}).get("value", "")).split())


def is_named(node: Node, name: str, exact: bool) -> bool:
    return name_of(node) == name if exact else name in name_of(node)


def state(node: Node, name: str) -> Any:
    """Of one of its properties; None without."""
    found = [each["value"].get("value") for each in node.get("properties", []) if each["name"] == name]
    return found[0] if found else None

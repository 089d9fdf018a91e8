"""Somebody who uses a page by keyboard alone, and sees where the focus is."""

from typing import Any, Literal

from playwright.sync_api import Locator, Page

# What is wrong with the place of the focus, as words: nobody has it, it is out of sight, under a bar, or unmarked.
# Headings and what is focused only by script need no ring: nothing can be done there.
STOP_FAULTS = """
() => {
  const at = document.activeElement;
  if (!at || at === document.body) return ["nothing has the focus"];
  if (at.tabIndex < 0) return [];
  const called = `${at.tagName} ${at.textContent.trim().slice(0, 40)}`;
  const box = at.getBoundingClientRect(), faults = [], high = innerHeight, wide = document.documentElement.clientWidth;
  const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, high)];
  if (box.height < high && (box.top < -1 || box.bottom > high + 1)) faults.push(`out of sight: ${called}`);
  const label = at.closest("label");
  for (const y of [top + 3, (top + bottom) / 2, bottom - 3]) for (const x of [box.left + 3, box.right - 3]) {
    const hit = document.elementFromPoint(Math.min(Math.max(x, 0), wide - 1), y);
    const own = hit && (at.contains(hit) || hit.contains(at) || (label && label.contains(hit)));
    if (!own) faults.push(`covered: ${called}, by ${hit?.tagName} ${hit?.className}`);
  }
  const ringed = getComputedStyle(at).outlineStyle !== "none" ? at : label ?? at;
  const { outlineStyle, outlineWidth, outlineColor, outlineOffset } = getComputedStyle(ringed);
  if (outlineStyle === "none" || parseFloat(outlineWidth) < 2) return [...faults, `no ring: ${called}`];
  const numbers = color => color.match(/[\\d.]+/g).map(Number);
  const linear = part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const shine = color => {
    const [r, g, b] = numbers(color).map(n => linear(n / 255));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  let behind = parseFloat(outlineOffset) < 0 ? ringed : ringed.parentElement;
  const clear = element => numbers(getComputedStyle(element).backgroundColor)[3] === 0;
  while (behind.parentElement && clear(behind)) behind = behind.parentElement;
  const [dark, light] = [shine(outlineColor), shine(getComputedStyle(behind).backgroundColor)].sort((a, b) => a - b);
  if ((light + 0.05) / (dark + 0.05) < 3) faults.push(`a ring that is not seen: ${called}`);
  return faults;
}
"""
COMES_BEFORE = "e => !!(e.compareDocumentPosition(document.activeElement) & Node.DOCUMENT_POSITION_FOLLOWING)"
# Everything that Tab should come to, and which of them has the focus.
STOPS = """
() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")].filter(each =>
  each.tabIndex >= 0 && each.checkVisibility({ visibilityProperty: true }) &&
  !(each.type === "radio" && !each.checked && document.querySelector(`[name="${each.name}"]:checked`))).length
"""
MARK = "() => { (window.stops ??= new Set()).add(document.activeElement); return window.stops.size; }"
MOST_STOPS = 150

Role = Literal["button", "link", "checkbox", "radio", "textbox", "tab"]


class Keyboard:
    """``faults`` collects what was wrong at any stop."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []

    def press(self, key: str) -> None:
        """And looks at where that has led."""
        self.page.keyboard.press(key)
        self.look()

    def look(self) -> None:
        """Is the place of the focus to be seen?"""
        self.faults += [f"{self.page.url}: {fault}" for fault in self.page.evaluate(STOP_FAULTS)]

    def find(self, role: Role, name: str, *, exact: bool = True) -> Locator:
        """Goes there, stop by stop."""
        wanted = self.page.get_by_role(role, name=name, exact=exact).first
        wanted.wait_for()
        key = "Shift+Tab" if wanted.evaluate(COMES_BEFORE) else "Tab"
        for _ in range(MOST_STOPS):
            if wanted.evaluate("e => e === document.activeElement"):
                return wanted
            self.press(key)
        raise AssertionError(f"no way by {key} to the {role} {name!r} on {self.page.url}")

    def go(self, role: Role, name: str, *, exact: bool = True) -> None:
        """Does what the link or button is for."""
        self.find(role, name, exact=exact)
        self.page.keyboard.press("Enter" if role == "link" else "Space")

    def tick(self, name: str) -> None:
        self.find("checkbox", name, exact=False)
        self.press("Space")

    def choose(self, name: str) -> None:
        """One of several: Tab leads to the group, arrows from one to the next."""
        wanted = self.page.get_by_role("radio", name=name, exact=False).first
        group = wanted.evaluate("e => e.name")
        inside = f"() => document.activeElement.name === {group!r}"
        key = "Shift+Tab" if wanted.evaluate(COMES_BEFORE) else "Tab"
        while not self.page.evaluate(inside):
            self.press(key)
        for _ in range(10):
            if wanted.is_checked():
                return
            self.press("Space" if wanted.evaluate("e => e === document.activeElement") else "ArrowDown")
        raise AssertionError(f"arrows do not lead to {name!r}")

    def open_tab(self, name: str) -> None:
        """One stop for all tabs, arrows from one to the next."""
        if self.page.get_by_role("tab", selected=True).evaluate("e => e !== document.activeElement"):
            self.find("tab", self.page.get_by_role("tab", selected=True).inner_text())
        for _ in range(4):
            if self.page.get_by_role("tab", name=name, selected=True).count():
                return
            self.press("ArrowRight")
        raise AssertionError(f"arrows do not lead to the tab {name!r}")

    def write(self, name: str, text: str) -> None:
        self.find("textbox", name)
        self.page.keyboard.type(text)
        self.look()

    def walk(self) -> None:
        """Round the whole page, and on: a stop that lets nobody out is a fault."""
        self.page.evaluate("() => { delete window.stops; }")
        wanted = self.page.evaluate(STOPS)
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            if self.page.evaluate(MARK) > wanted:
                return
            if not self.page.evaluate("() => document.activeElement === document.body"):
                self.look()
        self.faults.append(f"{self.page.url}: Tab does not come to all of {wanted} stops")

    def is_at(self, what: Any) -> None:
        """The focus is there now, or in it."""
        self.page.wait_for_function("e => e && e.contains(document.activeElement)", arg=what.element_handle())
        self.look()

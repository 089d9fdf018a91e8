"""How tests work in the admin: as an organiser with a page before them, whose form they fill in and send."""

from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import User

VOID = frozenset({"input", "br", "hr", "img", "link", "meta", "path", "use"})


class PageParser(HTMLParser):
    """Collects what a form would send, its buttons, and every element with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, Any] = {}  # of a list in which several can be chosen: a list
        self.buttons: list[dict[str, str]] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._textarea: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        self.elements.append((tag, values))
        name = values.get("name", "")
        if tag == "button" or (tag == "input" and values.get("type") == "submit"):
            self.buttons.append(values)
        elif tag == "input" and name:
            if values.get("type") not in ("checkbox", "radio") or "checked" in values:
                self.fields[name] = values.get("value", "on" if values.get("type") == "checkbox" else "")
        elif tag == "textarea":
            self._textarea, self.fields[name] = name, ""
        elif tag == "select":
            self._select, self.fields[name] = name, [] if "multiple" in values else ""
        elif tag == "option" and self._select and "selected" in values:
            several = isinstance(self.fields[self._select], list)
            chosen = values.get("value", "")
            self.fields[self._select] = [*self.fields[self._select], chosen] if several else chosen

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._textarea:
            self.fields[self._textarea] = self.fields[self._textarea].removeprefix("\n")
            self._textarea = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._textarea:
            self.fields[self._textarea] += data


def parse(response: Any) -> PageParser:
    """The page of a response."""
    parser = PageParser()
    parser.feed(response.content.decode())
    return parser


def page_of(row: Any, view: str = "change", *args: Any) -> str:
    """The address of a row's page, or of one of its buttons."""
    name = row.kind.replace("_", "") if hasattr(row, "kind") else row._meta.model_name
    return reverse(f"admin:campaigns_{name}_{view}", args=[row.pk, *args])


class Organiser(Client):
    """Somebody who is signed in."""

    def __init__(self, user: User) -> None:
        super().__init__(headers={"Accept-Language": "en"})
        self.user = user
        self.force_login(user)

    def send(self, url: str, button: str = "_save", value: str = "1", **changes: Any) -> Any:
        """Fills in the form of a page (``changes`` by field name), presses a button of it, and follows."""
        page = self.get(url)
        assert page.status_code == 200, (url, page.status_code, page.get("Location"))
        fields = {name: text for name, text in parse(page).fields.items() if "__prefix__" not in name}
        unknown = set(changes) - set(fields)
        assert not unknown, f"{unknown} not among {sorted(fields)}"
        return self.post(url, {**fields, **changes, button: value}, follow=True)

    def press(self, url: str, **data: str) -> list[str]:
        """Presses a button that needs nothing of the form. The messages that follow."""
        response = self.post(url, data, follow=True)
        assert response.redirect_chain, response.status_code
        return said(response)


def said(response: Any) -> list[str]:
    """The messages of a response."""
    return [str(message) for message in response.context["messages"]]


def add_row(fields: dict[str, Any], prefix: str, **values: Any) -> dict[str, Any]:
    """What "add another" adds to the fields of a page: one more row of the formset."""
    number = int(fields[f"{prefix}-TOTAL_FORMS"])
    named = {f"{prefix}-{number}-{name}": value for name, value in values.items()}
    return {**fields, f"{prefix}-TOTAL_FORMS": str(number + 1), **named}

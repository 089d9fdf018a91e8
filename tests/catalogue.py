"""Reading source strings out of our code and templates, and translations out of a .po file, with Python and Django."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from django.conf import settings
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

PACKAGES = ("accounts", "campaigns", "mobilise")
FUNCTIONS = {"_", "gettext", "gettext_lazy", "ngettext", "ngettext_lazy", "pgettext", "pgettext_lazy"}
LINE = re.compile(r'^(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?)? ?(".*")$')


class Message(NamedTuple):
    """What is to be translated."""

    context: str
    singular: str
    plural: str = ""


def in_python() -> Iterator[Message]:
    """Every literal given to a function of gettext."""
    for package in PACKAGES:
        for file in sorted((settings.BASE_DIR / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and getattr(node.func, "id", "") in FUNCTIONS:
                    texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                    name = node.func.id  # type: ignore[attr-defined]
                    if name.startswith("pgettext"):
                        yield Message(*texts[:2])
                    elif texts:
                        yield Message("", *texts[: 2 if name.startswith("ngettext") else 1])


def in_templates() -> Iterator[Message]:
    """Every translate and blocktranslate of our templates."""
    root = settings.BASE_DIR / "mobilise" / "templates"
    for file in sorted(root.rglob("*.html")):
        template = engines["django"].get_template(str(file.relative_to(root))).template
        for node in template.nodelist.get_nodes_by_type(TranslateNode):
            context = node.message_context.resolve({}) if node.message_context else ""
            yield Message(context, node.filter_expression.var.literal)
        for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
            singular, _ = node.render_token_list(node.singular)
            plural = node.render_token_list(node.plural)[0] if node.plural else ""
            yield Message("", singular, plural)


def in_po(file: Path) -> dict[Message, list[str]]:
    """{message: translations, one per plural form} of a .po file, its header aside."""
    entries: dict[Message, list[str]] = {}
    for block in file.read_text(encoding="utf-8").split("\n\n"):
        parts: dict[str, str] = {}
        keyword = ""
        for line in block.splitlines():
            if match := LINE.match(line):
                keyword = match[1] or keyword
                parts[keyword] = parts.get(keyword, "") + ast.literal_eval(match[2])
        if parts.get("msgid"):
            message = Message(parts.get("msgctxt", ""), parts["msgid"], parts.get("msgid_plural", ""))
            entries[message] = [text for name, text in parts.items() if name.startswith("msgstr")]
    return entries

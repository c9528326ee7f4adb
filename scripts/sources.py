"""The messages in a Python file or a template."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.template.base import Lexer, Token, TokenType
from django.utils.text import smart_split

#: Function -> the places of its message, its plural and its context.
GETTEXT: dict[str, tuple[int | None, ...]] = {
    "_": (0,),
    "gettext": (0,),
    "gettext_lazy": (0,),
    "gettext_noop": (0,),
    "ngettext": (0, 1),
}
GETTEXT |= {"ngettext_lazy": (0, 1), "pgettext": (1, None, 0), "pgettext_lazy": (1, None, 0), "Phrase": (0,)}
#: What refuses: the first sentence among the arguments is the message.
REFUSALS = {"invalid", "ValidationError", "RegexValidator", "ArgumentError"}
REFUSALS |= {"BadRequest", "Unauthenticated", "Forbidden", "NotFound", "Conflict", "PreconditionFailed"}
REFUSALS |= {"pattern", "TooLarge", "InvalidInput", "RateLimited", "TooSlow", "Unavailable"}
REFUSALS |= {"PaymentRequired", "ValueError"}
SENTENCE = re.compile(r"^[A-Z][^\n]* [^\n]*[.!?]$")
#: ``_("...")`` inside a tag or a variable of a template.
MARKED = re.compile(r"""_\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')\s*\)""")


@dataclass(frozen=True, slots=True)
class Message:
    """What is looked up in a catalog."""

    id: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str | tuple[str, str]:
        """The id as catalogs want it."""
        return (self.id, self.plural) if self.plural else self.id

    @property
    def empty(self) -> str | tuple[str, str]:
        """A translation that is still to be made."""
        return ("", "") if self.plural else ""


def python_messages(text: str) -> Iterator[Message]:
    """The messages of a Python file: marked texts, refusals, and sentences among a module's constants."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _called(node)
        elif isinstance(node, ast.ClassDef):
            yield from _titles(node)
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _is_constant(node):
            yield from (Message(found) for found in _sentences(node.value))


def _called(node: ast.Call) -> Iterator[Message]:
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    if name in GETTEXT:
        texts = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
        places = [*GETTEXT[name], None, None][:3]
        found = ["" if place is None or place >= len(texts) else str(texts[place] or "") for place in places]
        if found[0]:
            yield Message(*found)
    elif name in REFUSALS:
        sentences = [found for each in node.args for found in _sentences(each)]
        yield from map(Message, sentences[:1])
        yield from (Message(found) for each in node.keywords for found in _sentences(each.value))


def _titles(node: ast.ClassDef) -> Iterator[Message]:
    """``code, status, title = ...`` of an error."""
    for line in node.body:
        if isinstance(line, ast.Assign) and isinstance(line.value, ast.Tuple):
            names = [each.id for each in getattr(line.targets[0], "elts", []) if isinstance(each, ast.Name)]
            if names == ["code", "status", "title"]:
                yield Message(ast.literal_eval(line.value.elts[2]))


def _is_constant(node: ast.Assign | ast.AnnAssign) -> bool:
    target = node.targets[0] if isinstance(node, ast.Assign) else node.target
    return isinstance(target, ast.Name) and bool(re.search("CONFLICTS|GONE|TAKEN|REFUSAL|SAID", target.id))


def _sentences(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and SENTENCE.match(each.value):
            yield each.value


def template_messages(text: str) -> Iterator[Message]:
    """The messages of a template: ``translate``, ``blocktranslate`` and ``_("...")``."""
    tokens = iter(Lexer(text).tokenize())
    for token in tokens:
        if token.token_type not in (TokenType.BLOCK, TokenType.VAR):
            continue
        yield from (Message(_unquoted(found)) for found in MARKED.findall(token.contents))
        word = token.contents.split(maxsplit=1)[0]
        if word in ("translate", "trans"):
            bits = list(smart_split(token.contents))
            context = bits[bits.index("context") + 1] if "context" in bits else '""'
            yield Message(_unquoted(bits[1]), context=_unquoted(context))
        elif word in ("blocktranslate", "blocktrans"):
            yield _block(token, tokens)


def _block(token: Token, tokens: Iterator[Token]) -> Message:
    parts, plural = [""], False
    for each in tokens:
        if each.token_type is TokenType.TEXT:
            parts[-1] += each.contents.replace("%", "%%")
        elif each.token_type is TokenType.VAR:
            parts[-1] += f"%({each.contents})s"
        elif each.contents == "plural":
            parts, plural = [*parts, ""], True
        else:
            break
    if "trimmed" in token.contents.split():
        parts = [" ".join(line.strip() for line in part.strip().splitlines()) for part in parts]
    return Message(parts[0], parts[1] if plural else "")


def _unquoted(text: str) -> str:
    return text[1:-1].replace('\\"', '"').replace("\\'", "'")

"""A small, safe read of an XML document: elements with their text and line, no DTD, no entities."""

from dataclasses import dataclass, field
from xml.parsers import expat

from wizard.formats.errors import FormatError
from wizard.formats.text_lines import refuse_binary

_DEEPEST = 60
_MOST = 60_000


@dataclass
class Element:
    """One element: its name without a prefix, its own text, its line, and what is in it."""

    name: str
    line: int
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def at(self, *names: str) -> "Element | None":
        """The first element below these names."""
        here: Element | None = self
        for name in names:
            here = next((c for c in here.children if c.name == name), None) if here else None
        return here

    def all(self, *names: str) -> list["Element"]:
        """Every element below the first of each name but the last."""
        parent = self.at(*names[:-1])
        return [c for c in parent.children if c.name == names[-1]] if parent else []

    def value(self, *names: str) -> str:
        """The text at these names, "" when absent."""
        found = self.at(*names)
        return found.text.strip() if found else ""


def read_xml(text: str, path: str) -> Element:
    """The root element. Raises FormatError, also for a document type or an entity of its own."""
    refuse_binary(text, path)
    parser = expat.ParserCreate("utf-8")
    root = Element("", 0)
    stack, count = [root], 0

    def refuse(*_: object) -> None:
        raise FormatError(path, parser.CurrentLineNumber, "a document type (DTD) is not read")

    def begin(name: str, _: object) -> None:
        nonlocal count
        count += 1
        if len(stack) > _DEEPEST or count > _MOST:
            raise FormatError(path, parser.CurrentLineNumber, "nested too deeply, or too long")
        element = Element(name.rpartition(":")[2], parser.CurrentLineNumber)
        stack[-1].children.append(element)
        stack.append(element)

    def end(_: str) -> None:
        stack.pop()

    def characters(data: str) -> None:
        stack[-1].text += data

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = begin
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    try:
        # The text is decoded already: what an encoding line says about its bytes is past.
        parser.Parse(text.encode("utf-8", "replace"), True)
    except expat.ExpatError as error:
        why = expat.ErrorString(error.code) if error.code else "cannot be read"
        raise FormatError(
            path, min(error.lineno, text.count("\n") + 1), f"not XML: {why}"
        ) from None
    except (LookupError, ValueError):
        raise FormatError(path, 1, "not XML: unknown encoding") from None
    return root.children[0]

"""A page as a tree, for tests that look at its HTML."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element

import tinyhtml5


@dataclass(frozen=True, slots=True)
class Reading:
    """A parsed page."""

    root: Element
    parents: dict[Element, Element]

    @classmethod
    def of(cls, text: str) -> "Reading":
        root = tinyhtml5.parse(text, namespace_html_elements=False)
        return cls(root, {child: parent for parent in root.iter() for child in parent})

    def all(self, *names: str, within: Element | None = None) -> list[Element]:
        """The elements with one of these names, in page order."""
        root = self.root if within is None else within
        return [
            element for element in root.iter() if isinstance(element.tag, str) and local(element) in names
        ]

    def elements(self) -> Iterator[Element]:
        yield from (element for element in self.root.iter() if isinstance(element.tag, str))

    def by_id(self) -> dict[str, Element]:
        return {element.attrib["id"]: element for element in self.elements() if "id" in element.attrib}

    def above(self, element: Element) -> Iterator[Element]:
        """The elements around one, nearest first."""
        around = self.parents.get(element)
        while around is not None:
            yield around
            around = self.parents.get(around)


def local(element: Element) -> str:
    """The name without its namespace."""
    return element.tag.rpartition("}")[2]


def words(element: Element) -> str:
    """The text of an element, blanks made one."""
    return " ".join("".join(element.itertext()).split())


def outline(element: Element) -> str:
    """Name, id and first words: enough to find it."""
    mark = element.attrib.get("id") or element.attrib.get("class", "")
    return f"<{local(element)} {mark}> {words(element)[:60]}".strip()


def sent_by(page: Reading, form: Element) -> dict[str, str]:
    """What a browser would send for a form left as it is; submit buttons aside."""
    inside = [field for field in page.all("input", "textarea", "select", within=form) if field.get("name")]
    linked = [
        field
        for field in page.all("input", "textarea", "select")
        if form.get("id") and field.get("form") == form.get("id")
    ]
    fields: dict[str, str] = {}
    for field in (*inside, *linked):
        value = _value(field)
        if value is not None:
            fields[field.attrib["name"]] = value
    return fields


def _value(field: Element) -> str | None:
    if local(field) == "textarea":
        return field.text or ""
    if local(field) == "select":
        options = [one for one in field.iter() if isinstance(one.tag, str) and local(one) == "option"]
        chosen = next((one for one in options if "selected" in one.attrib), options[0] if options else None)
        return None if chosen is None else chosen.get("value", words(chosen))
    if field.get("type") in ("checkbox", "radio") and "checked" not in field.attrib:
        return None
    return None if field.get("type") in ("submit", "file") else field.get("value", "")

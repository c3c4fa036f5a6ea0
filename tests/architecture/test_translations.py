"""Every sentence is in both languages: extracted from code and templates, present and translated in the catalogues."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
OPTIONS = {
    "**.html": {
        "trimmed": "true",
        "newstyle_gettext": "true",
        "silent": "false",
        "extensions": "jinja2.ext.do",
    },
    "**.txt": {
        "trimmed": "true",
        "newstyle_gettext": "true",
        "silent": "false",
        "extensions": "jinja2.ext.do",
    },
}
Key = tuple[str | None, str]


@cache
def wanted() -> dict[Key, str]:
    found: dict[Key, str] = {}
    for folder, methods in (
        ("src/palier", [("**.py", "python")]),
        ("templates", [("**.html", "jinja2"), ("**.txt", "jinja2")]),
    ):
        extracted = extract_from_dir(
            ROOT / folder,
            methods,
            OPTIONS if folder == "templates" else None,
            {**DEFAULT_KEYWORDS, "_": None},
        )
        for file, line, message, _comments, context in extracted:
            key = (context, message if isinstance(message, str) else message[0])
            found.setdefault(key, f"{folder}/{file}:{line}")
    return found


def catalogues(locale: str) -> Iterator[tuple[Path, Catalog]]:
    for path in sorted((ROOT / "locale" / locale).glob("*.po")):
        with path.open("rb") as file:
            yield path, read_po(file, locale=locale)


@cache
def entries(locale: str) -> dict[Key, list[tuple[str, object]]]:
    found: dict[Key, list[tuple[str, object]]] = {}
    for path, catalogue in catalogues(locale):
        for message in catalogue:
            if message.id:
                key = (message.context, message.id if isinstance(message.id, str) else message.id[0])
                found.setdefault(key, []).append((path.name, message))
    return found


def test_every_sentence_is_translated() -> None:
    have = entries("fr")
    missing = [f"{where}: {key[1]!r}" for key, where in wanted().items() if key not in have]
    assert not missing, "\n".join(missing)


def test_no_translation_is_left_over() -> None:
    asked = wanted()
    unused = [f"{found[0][0]}: {key[1]!r}" for key, found in entries("fr").items() if key not in asked]
    assert not unused, "\n".join(unused)


def test_every_translation_is_finished_and_keeps_its_placeholders() -> None:
    wrong = []
    for path, catalogue in catalogues("fr"):
        for message in catalogue:
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            if message.id and (message.fuzzy or not all(strings)):
                wrong.append(f"{path.name}: {message.id!r} is not translated")
            wrong += [f"{path.name}: {message.id!r}: {error}" for error in message.check(catalogue)]
    assert not wrong, "\n".join(wrong)


def test_one_sentence_has_one_translation() -> None:
    clashes = [
        f"{key[1]!r}: {sorted(name for name, _ in found)}"
        for key, found in entries("fr").items()
        if len({str(getattr(message, "string", "")) for _, message in found}) > 1
    ]
    assert not clashes, "\n".join(clashes)


@pytest.mark.parametrize("path", sorted((ROOT / "locale/fr").glob("*.po")), ids=lambda p: p.name)
def test_french_typography(path: Path) -> None:
    wrong = []
    with path.open("rb") as file:
        catalogue = read_po(file, locale="fr")
    for message in catalogue:
        for text in message.string if isinstance(message.string, tuple) else (message.string,):
            plain = text.replace("://", "").replace("%(", "")
            if (
                message.id
                and any(mark in plain for mark in ("'", " :", " ;", " !", " ?", " %", "« ", " »"))
                and "<" not in plain
            ):
                wrong.append(f"{path.name}: {text!r}")
    assert not wrong, "\n".join(wrong)


def test_no_sentence_hides_in_an_f_string() -> None:
    """The extractor does not look inside f-strings, so a sentence there would never be asked for."""
    hidden = [
        f"{path.relative_to(ROOT)}: {ast.unparse(call)}"
        for path in (ROOT / "src" / "palier").rglob("*.py")
        for text in ast.walk(ast.parse(path.read_text()))
        if isinstance(text, ast.JoinedStr)
        for call in ast.walk(text)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ("_", "ngettext", "gettext")
    ]
    assert hidden == []

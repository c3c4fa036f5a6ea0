"""The border with factur-x: what makes a PDF/A-3 a Factur-X, and the check of its data against the schema.

Loaded in the processes that set documents in type, and nowhere else: it brings two readers of files along.
"""

from facturx import xml_check_xsd

from palier.reports.pdf import Attachment, Vocabulary

FILE_NAME = "factur-x.xml"
LEVEL = "EN 16931"

_SPACE = "urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#"
_PROPERTIES = {
    "DocumentFileName": (FILE_NAME, "name of the embedded XML invoice file"),
    "DocumentType": ("INVOICE", "INVOICE"),
    "Version": ("1.0", "The actual version of the Factur-X XML schema"),
    "ConformanceLevel": (LEVEL, "The conformance level of the embedded Factur-X data"),
}


class BadData(ValueError):
    """The data break the schema: a fault of ours."""


def check(cii: bytes) -> None:
    """Raises BadData where the schema of the profile EN 16931 is broken."""
    try:
        xml_check_xsd(cii, flavor="factur-x", level="en16931")
    except Exception as error:
        raise BadData(str(error)) from error


def attachment(cii: bytes, description: str) -> Attachment:
    """The data, as they travel in the PDF: they say what the pages say."""
    return Attachment(FILE_NAME, description, cii, "Alternative")


def vocabulary() -> Vocabulary:
    """What the PDF says of itself, by which a reader finds the data."""
    said = "".join(f"<fx:{name}>{value}</fx:{name}>" for name, (value, _) in _PROPERTIES.items())
    declared = "".join(_declared(name, about) for name, (_, about) in _PROPERTIES.items())
    return Vocabulary(
        f'<rdf:Description rdf:about="" xmlns:fx="{_SPACE}">{said}</rdf:Description>\n'.encode(),
        '<rdf:li rdf:parseType="Resource"><pdfaSchema:schema>Factur-X PDFA Extension Schema</pdfaSchema:schema>'
        f"<pdfaSchema:namespaceURI>{_SPACE}</pdfaSchema:namespaceURI><pdfaSchema:prefix>fx</pdfaSchema:prefix>"
        f"<pdfaSchema:property><rdf:Seq>{declared}</rdf:Seq></pdfaSchema:property></rdf:li>".encode(),
    )


def _declared(name: str, about: str) -> str:
    return (
        f'<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>'
        "<pdfaProperty:valueType>Text</pdfaProperty:valueType><pdfaProperty:category>external</pdfaProperty:category>"
        f"<pdfaProperty:description>{about}</pdfaProperty:description></rdf:li>"
    )

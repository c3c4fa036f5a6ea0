"""The words for what organisations are described with, in the reader's language."""

from palier.foundation.language import gettext as _
from palier.foundation.language import pgettext
from palier.foundation.permissions import Role
from palier.network.rules.taxonomy import COUNTRIES, FAMILIES, LEGAL_KINDS, PEOPLE_WORDS, SIZES

Choices = list[tuple[str, str]]


def label(dimension: str, value: str) -> str:
    """The words for one attribute of an organisation: label("size", "lt50"). The value itself when it is unknown."""
    words = {
        "family": families,
        "sector": sectors,
        "size": sizes,
        "country": countries,
        "legal_kind": legal_kinds,
    }
    return words[dimension]().get(value, value)


def dimension(name: str) -> str:
    """What an attribute is called: "Sector"."""
    words = {
        "family": _("Family of sectors"), "sector": _("Sector"), "size": _("Workforce"), "country": _("Country"),
        "legal_kind": _("Legal kind"),
    }  # fmt: skip
    return words[name]


def families() -> dict[str, str]:
    """Words of the families of sectors."""
    return {
        "public_administration": _("Public administration"),
        "transport": _("Transport"),
        "health": _("Health and care"),
        "utilities": _("Energy, water, networks"),
        "finance": _("Finance"),
        "commerce": _("Commerce"),
        "hospitality": _("Hospitality, leisure, culture"),
        "education": _("Education and training"),
        "housing": _("Housing"),
        "business_services": _("Business services"),
        "industry": _("Industry and construction"),
    }


def sectors() -> dict[str, str]:
    """Words of the sectors."""
    return {
        "central_government": _("Central government"),
        "local_authority": _("Local authority"),
        "social_protection": _("Social protection, employment"),
        "justice_safety": _("Justice, public safety"),
        "passenger_transport": _("Passenger transport"),
        "rail": _("Rail"),
        "air_sea": _("Air and sea transport, airports"),
        "freight_logistics": _("Freight, post, logistics"),
        "public_hospital": _("Public hospital"),
        "private_clinic": _("Private clinic"),
        "care_home": _("Care home"),
        "home_care": _("Home care and help"),
        "laboratory_pharmacy": _("Laboratory, pharmacy"),
        "energy": _("Energy"),
        "water": _("Water"),
        "waste": _("Waste"),
        "telecommunications": _("Telecommunications"),
        "bank": _("Bank"),
        "insurance": _("Insurance, mutual insurance"),
        "payment_services": _("Payment and financial services"),
        "retail": _("Shops and supermarkets"),
        "distance_selling": _("Distance selling"),
        "wholesale": _("Wholesale"),
        "automotive": _("Vehicles and repair"),
        "hotels_restaurants": _("Hotels, restaurants"),
        "tourism_leisure": _("Tourism, leisure parks"),
        "culture_sport": _("Culture, sport"),
        "schools": _("Schools"),
        "higher_education": _("Higher education"),
        "vocational_training": _("Vocational training"),
        "social_housing": _("Social housing"),
        "property_management": _("Property management"),
        "consulting": _("Consulting, law, accounting"),
        "software_digital": _("Software, digital services"),
        "staffing": _("Staffing, recruitment"),
        "facilities_security": _("Facilities, cleaning, security"),
        "manufacturing": _("Manufacturing"),
        "construction": _("Construction"),
        "agri_food": _("Food industry, agriculture"),
    }


def sizes() -> dict[str, str]:
    """Words of the workforce bands."""
    return {
        "lt50": _("Fewer than 50 people"),
        "50-249": _("50 to 249 people"),
        "250-999": _("250 to 999 people"),
        "1000-4999": _("1,000 to 4,999 people"),
        "5000+": _("5,000 people and more"),
    }


def countries() -> dict[str, str]:
    """Names of the countries."""
    return {
        "FR": _("France"), "BE": _("Belgium"), "LU": _("Luxembourg"), "CH": _("Switzerland"), "DE": _("Germany"),
        "GB": _("United Kingdom"), "ES": _("Spain"), "IT": _("Italy"),
    }  # fmt: skip


def legal_kinds() -> dict[str, str]:
    """Words of the legal kinds."""
    return {
        "public_body": _("Administration or public establishment"),
        "public_company": _("Company owned by public bodies"),
        "private_company": _("Private company"),
        "cooperative_mutual": _("Cooperative or mutual"),
        "association": _("Association or foundation"),
    }


def people_words() -> dict[str, str]:
    """What the people served may be called."""
    return {
        "client": _("client"), "user": _("user"), "traveller": _("traveller"), "patient": _("patient"),
        "policyholder": _("policyholder"), "member": _("member"), "resident": _("resident"), "learner": _("learner"),
    }  # fmt: skip


def people_in_plural(word: str) -> str:
    """The people served, many of them: `word` is a key of `people_words`."""
    plurals = {
        "client": _("clients"), "user": _("users"), "traveller": _("travellers"), "patient": _("patients"),
        "policyholder": _("policyholders"), "member": _("members"), "resident": _("residents"), "learner": _("learners"),
    }  # fmt: skip
    return plurals.get(word, plurals["client"])


def roles() -> dict[str, str]:
    """Words of the roles."""
    return {
        Role.OWNER: pgettext("role", "Owner"), Role.LEAD: _("Assessment lead"), Role.CONTRIBUTOR: _("Contributor"),
        Role.READER: _("Reader"), Role.CONSULTANT: _("Consultant"),
        Role.VISITOR: _("Visitor of the platform"),
    }  # fmt: skip


def role_hints() -> dict[str, str]:
    """What each role is for, in one line."""
    return {
        Role.OWNER: _("Everything, the profile and the mandates included"),
        Role.LEAD: _("Runs assessments, submits them, invites colleagues"),
        Role.CONTRIBUTOR: _("Answers and follows up actions"),
        Role.READER: _("Reads everything, changes nothing"),
    }


def sector_choices() -> list[tuple[str, Choices]]:
    """The two-level list: each family with its sectors."""
    family, sector = families(), sectors()
    return [(family[key], [(each, sector[each]) for each in inside]) for key, inside in FAMILIES.items()]


def size_choices() -> Choices:
    """The workforce bands, smallest first."""
    return [(key, sizes()[key]) for key in SIZES]


def country_choices() -> Choices:
    """The countries."""
    return [(key, countries()[key]) for key in COUNTRIES]


def legal_kind_choices() -> Choices:
    """The legal kinds."""
    return [(key, legal_kinds()[key]) for key in LEGAL_KINDS]


def people_word_choices() -> Choices:
    """The words for the people served."""
    return [(key, people_words()[key]) for key in PEOPLE_WORDS]


def no_further_client() -> str:
    """What a client is told whose consultant's offer is full."""
    return _("This consultant’s offer holds no further client for now. Ask them to change it, then grant the mandate again.")  # fmt: skip

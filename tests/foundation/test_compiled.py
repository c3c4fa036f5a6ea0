"""What compiling templates settles early changes nothing that a page says."""

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, pass_context
from jinja2.exceptions import UndefinedError
from jinja2.runtime import Context
from markupsafe import Markup

from palier.foundation import language, templates
from palier.foundation.compiled import Spoken, shown

SAYING = """\
<ul>
    {% for name in names %}
    <li title="{{ _("Help") }}">{{ name }}: {{ _("Help") }}</li>


    {% endfor %}
</ul>
<p>{% trans who=names[0] %}About {{ who }}{% endtrans %}{% macro twice(x) %}{{ x }}{{ caller() }}{% endmacro %}\
{% call twice(names[0]) %}!{% endcall %}</p>
"""


def speaking(**sources: str) -> Spoken:
    spoken = templates.environment()
    made = Spoken(
        loader=DictLoader({name.replace("_", "."): text for name, text in sources.items()}),
        autoescape=spoken.autoescape, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )  # fmt: skip
    made.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"_": spoken.globals["_"]}
    return made


def said(environment: Spoken, template: str, locale: str, **values: object) -> str:
    with language.speaking(locale):
        return environment.get_template(template).render(**values)


def test_each_reader_is_spoken_to_in_their_own_language_whoever_came_first() -> None:
    environment = speaking(a_html=SAYING)
    for locale, word in (("fr", "Aide"), ("en", "Help"), ("fr", "Aide")):
        assert f'<li title="{word}">Ada: {word}</li>' in said(environment, "a.html", locale, names=["Ada"])


def test_a_value_is_escaped_once_and_markup_never() -> None:
    page = said(speaking(a_html=SAYING), "a.html", "en", names=["<b>", Markup("<i>")])
    assert ">&lt;b&gt;: Help" in page
    assert "About &lt;b&gt;" in page
    assert "&lt;b&gt;!</p>" in page
    assert "><i>: Help" in page


@pytest.mark.parametrize("value", ["<&>\"'", Markup("<b>"), 3, None, 2.5, ["<"], language])
def test_a_value_is_shown_as_jinja_shows_it(value: object) -> None:
    assert shown(value) == Markup("{}").format(value)


def test_the_indentation_of_the_source_is_not_sent_and_a_mail_keeps_its_own() -> None:
    environment = speaking(a_html=SAYING, a_txt="a\n\n    b {{ _('Help') }} {{ names[0] }}\n")
    page = said(environment, "a.html", "en", names=["x", "y"])
    assert "  " not in page
    assert "\n\n" not in page
    assert said(environment, "a.txt", "en", names=["it's"]) == "a\n\n    b Help it's"


def test_what_is_not_given_is_still_a_fault() -> None:
    environment = speaking(
        a_html="{{ nobody }}", b_html="{{ nobody() }}", c_html="{% if nobody %}{% endif %}"
    )
    for name in ("a.html", "b.html", "c.html"):
        with pytest.raises(UndefinedError):
            said(environment, name, "en")


def test_a_function_that_asks_for_the_context_is_given_it() -> None:
    @pass_context
    def about(context: Context, more: str) -> str:
        return f"{context['names']} {more}"

    environment = speaking(a_html="{% for one in names %}{{ about(one) }}{% endfor %}")
    environment.globals["about"] = about
    assert said(environment, "a.html", "en", names=["x"]) == "[&#39;x&#39;] x"


def test_what_is_included_stands_in_place_and_keeps_its_names_to_itself() -> None:
    environment = speaking(
        a_html='{% set n = 1 %}{% for x in "ab" %}{% include "b.html" %}{% endfor %}{{ n }}{{ word is defined }}',
        b_html='{% set n = 9 %}{% set word = _("Help") %}<{{ x }}{{ n }}{{ word }}{{ given }}>',
    )
    assert said(environment, "a.html", "en", given="&") == "<a9Help&amp;><b9Help&amp;>1False"
    with language.speaking("en"):
        code = environment.compile('{% include "b.html" %}', raw=True)
    assert "get_template" not in code
    assert "Help" in code


def test_a_template_that_includes_itself_is_written_down_to_its_end() -> None:
    environment = speaking(
        a_html='{{ n }}{% if n < 12 %}{% set n = n + 1 %}{% include "a.html" %}{% endif %}'
    )
    assert said(environment, "a.html", "en", n=1) == "123456789101112"


SENTENCES = (
    "{{ _('Hello %(name)s', name=name) }}",
    "{{ _('%(name)s, 100 %% %(other)s', name=name, other=2) }}",
    "{{ _('%(name)s and %(name)s', name=name) }}",
    "{{ _('%(n)d of %(name)s', n=3, name=name) }}",
    "{{ _('Nothing of it', name=name) }}",
    "{{ _('%(name)s', name=_('(%(other)s)', other=name))|upper }}",
    "{% set words = _('%(name)s', name=name) %}{{ words }}{{ words|length }}",
    "{% macro said(words) %}<{{ words }}>{% endmacro %}{{ said(_('%(name)s!', name=name)) }}",
    "{% trans a=name, b=name|upper %}{{ a }} & {{ b }} (50 %){% endtrans %}",
)


@pytest.mark.parametrize("sentence", SENTENCES)
@pytest.mark.parametrize("value", ["<b>&", Markup("<i>"), None, 7])
@pytest.mark.parametrize("kind", ["html", "txt"])
def test_a_sentence_with_values_says_what_jinja_says(sentence: str, value: object, kind: str) -> None:
    plain = Environment(autoescape=kind == "html", extensions=["jinja2.ext.i18n"])  # noqa: S701  (a mail)
    plain.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    plain.globals["_"] = plain.globals["gettext"]
    ours = said(speaking(**{f"a_{kind}": sentence}), f"a.{kind}", "en", name=value)
    assert ours == plain.from_string(sentence).render(name=value)


def test_a_sentence_is_said_in_its_language_around_its_values() -> None:
    environment = speaking(a_html="{{ _('Saved at %(hour)s', hour='9 < 10') }}")
    assert said(environment, "a.html", "fr") == "Enregistré à 9 &lt; 10"
    with language.speaking("fr"):
        code = environment.compile("{{ _('Saved at %(hour)s', hour=hour) }}", raw=True)
    assert "Enregistré" in code
    assert "_(" not in code.partition("yield")[2]


def test_what_a_page_is_given_is_not_known_to_the_next() -> None:
    environment = speaking(
        a_html="{% import 'b.html' as parts %}{{ parts.two(name) }}", b_html="{% macro two(x) %}{{ x }}{{ x }}{% endmacro %}{{ name is defined }}"
    )  # fmt: skip
    assert said(environment, "a.html", "en", name="1") == "11"
    assert "name" not in environment.globals

"""How a template becomes code: what is known before anybody reads is settled once, for each language.

A page says hundreds of sentences and prints a thousand values. A sentence is looked up when its template is compiled and is
part of the text from then on, with its values in their places; a value is escaped by one call; the indentation of the source
is not sent. What a template includes stands in it from then on, in a scope of its own: no copy of everything known is made
for every part.
"""

import re
from collections.abc import Callable
from types import BuiltinFunctionType, BuiltinMethodType, FunctionType
from typing import Any

from jinja2 import Environment, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, _escape_inner, escape

from palier.foundation import language

_INDENTATION = re.compile(r"\n[ \t\n]+")
_AFTER_A_TAG = re.compile(r"\A[ \t]{2,}")
_SAID: dict[str, Callable[..., str]] = {
    "_": language.gettext,
    "gettext": language.gettext,
    "pgettext": language.pgettext,
}
_PRINTED = "reports/document/"
"""Templates of documents: their text goes to a typesetter as it is."""
_PLACE = re.compile(r"%(?:\((\w+)\)s|%)")
"""Where a value stands in a sentence, by its name; or a per cent sign that is one."""
_DEEPEST = 6
"""Includes within includes that are settled: one that includes itself goes on as Jinja's own."""


def shown(value: Any) -> str:
    """`value` as a page shows it: escaped, unless it is markup already. As `escape`, without making more Markup of it."""
    kind = type(value)
    if kind is Markup:
        return value
    return _escape_inner(value) if kind is str else escape(value)


class Spoken(Environment):
    """An environment whose templates are compiled once for each language, and compiled anew for no one."""

    def __init__(self, **options: Any) -> None:
        super().__init__(auto_reload=False, **options)
        self.code_generator_class = _Code
        self.context_class = _Context
        self.template_class = _Template
        self._by_language: dict[tuple[str, str], Template] = {}

    def make_globals(self, d: Any) -> Any:
        """The environment's own where a template has none: copying them for each page was a fiftieth of a save."""
        return super().make_globals(d) if d else self.globals

    def _load_template(self, name: str, globals: Any) -> Template:  # noqa: A002  (named by Jinja)
        key = (language.current(), name)
        template = self._by_language.get(key)
        if template is None:
            assert self.loader is not None  # noqa: S101
            template = self.loader.load(self, name, self.make_globals(globals))
            self._by_language[key] = template
        elif globals:
            template.globals.update(globals)
        return template

    def _generate(self, source: nodes.Template, name: str | None, *rest: Any, **options: Any) -> str:
        settled = _Settled(
            self,
            markup=name is None or not name.endswith(".txt"),
            squeezed=not (name or "").startswith(_PRINTED),
        ).visit(source)
        code: str = super()._generate(settled, name, *rest, **options)
        return code


class _Template(Template):
    """Jinja's own, for an environment whose templates all know the same names: what is imported is made once."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        return super()._get_default_module()


class _Settled(NodeTransformer):
    """Sentences in the language in use; markup without the indentation of its source."""

    def __init__(self, environment: Environment, *, markup: bool, squeezed: bool, depth: int = 0) -> None:
        self._environment, self._depth = environment, depth
        self._markup, self._squeezed = markup, markup and squeezed

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802  (named by Jinja)
        """The included template in place, where nothing but its name was needed to know it."""
        plain = isinstance(node.template, nodes.Const) and node.with_context and not node.ignore_missing
        if not plain or self._depth == _DEEPEST:
            return node
        assert isinstance(node.template, nodes.Const)  # noqa: S101
        assert self._environment.loader is not None  # noqa: S101
        name = node.template.value
        text, filename, _current = self._environment.loader.get_source(self._environment, name)
        part = self._environment._parse(text, name, filename)
        if part.find(nodes.Extends) or part.find(nodes.Block):
            return node
        inner = _Settled(
            self._environment, markup=self._markup, squeezed=self._squeezed, depth=self._depth + 1
        )
        return nodes.Scope(inner.visit(part).body, lineno=node.lineno)

    def visit_TemplateData(self, node: nodes.TemplateData) -> nodes.Node:  # noqa: N802  (named by Jinja)
        if self._squeezed:
            node.data = _AFTER_A_TAG.sub(" ", _INDENTATION.sub("\n", node.data))
        return node

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802
        """A sentence that is shown as it is said: its words are text like all other, and its values are shown between them."""
        parts: list[nodes.Expr] = []
        for child in node.nodes:
            sentence = _sentence(child) if isinstance(child, nodes.Call) else None
            if sentence is None:
                parts.append(self.visit(child))
            else:
                parts += [
                    nodes.TemplateData(part, lineno=child.lineno)
                    if isinstance(part, str)
                    else self.visit(part)
                    for part in sentence
                ]
        node.nodes = parts
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802
        """A sentence that is handed on, to a macro or a filter."""
        sentence = _sentence(node)
        if sentence is None:
            self.generic_visit(node)
            return node
        parts = [self._const(part, node) if isinstance(part, str) else self.visit(part) for part in sentence]
        if not parts or not isinstance(parts[0], nodes.Const):
            parts.insert(0, self._const("", node))
        return parts[0] if len(parts) == 1 else nodes.Concat(parts, lineno=node.lineno)

    def _const(self, text: str, node: nodes.Node) -> nodes.Const:
        return nodes.Const(Markup(text) if self._markup else text, lineno=node.lineno)  # noqa: S704  (ours)


def _sentence(node: nodes.Call) -> list[str | nodes.Expr] | None:
    """A sentence in the language in use, its words and its values in their order. None for every other call, and for one that
    says more of a value than where it stands."""
    words = [word.value for word in node.args if isinstance(word, nodes.Const)]
    if node.dyn_args or node.dyn_kwargs or len(words) < len(node.args):
        return None
    if not isinstance(node.node, nodes.Name) or node.node.name not in _SAID:
        return None
    pieces = _PLACE.split(_SAID[node.node.name](*words))
    names = [name for name in pieces[1::2] if name]
    values = {each.key: each.value for each in node.kwargs}
    if "%" in "".join(pieces[::2]) or len(set(names)) < len(names) or not values.keys() >= set(names):
        return None
    said, parts = pieces[0], list[str | nodes.Expr]()
    for name, after in zip(pieces[1::2], pieces[2::2], strict=True):
        if name is None:
            said += f"%{after}"
        else:
            parts += [said, values[name]]
            said = after
    return [part for part in [*parts, said] if part != ""]


class _Code(CodeGenerator):
    """Jinja's own, with fewer steps between a template and what it says."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802
        self.writeline(f"from {__name__} import shown")
        super().visit_Template(node, frame)

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        """Without the variables of loops and blocks, which only a function that is given the context could ask for."""
        self.write("context.call(")
        self.visit(node.node, frame)
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("shown(")


class _Context(Context):
    """Jinja's own, which looks at everything it calls for wishes that hardly anything has, and keeps a list of names for imports
    that ours do not need."""

    def __init__(
        self, environment: Environment, parent: Any, name: str | None, blocks: Any, **_known: Any
    ) -> None:
        super().__init__(environment, parent, name, blocks)

    def call(self, called: Any, /, *values: Any, **named: Any) -> Any:
        kind = type(called)
        if kind is Macro:
            return called(self.eval_ctx, *values, **named)
        if kind in _PLAIN or (kind is FunctionType and not called.__dict__):
            return called(*values, **named)
        return super().call(called, *values, **named)


_PLAIN = frozenset({BuiltinFunctionType, BuiltinMethodType})
"""What can bear no wish; a function bears them as attributes."""

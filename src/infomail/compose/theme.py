"""The theme: templates that turn a view into MJML, text and a page.

Templates run in Jinja's sandbox with escaping on and undefined names refused; they see the view,
the palette and a few filters, and reach nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MethodType
from typing import Any

from jinja2 import DictLoader, StrictUndefined
from jinja2.environment import TemplateModule
from jinja2.exceptions import SecurityError, TemplateSyntaxError
from jinja2.runtime import Context, LoopContext, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from infomail.compose.language import Language
from infomail.compose.markdown import Rendered
from infomail.compose.numbering import Footnotes
from infomail.compose.text import cells
from infomail.compose.view import (
    AlternateView,
    ChipView,
    EditionView,
    ItemView,
    LetterView,
    LinkView,
    PictureView,
    SectionView,
)
from infomail.errors import TemplateError
from infomail.model.colour import Palette

MAIL = "mail.mjml"
MAIL_CSS = "mail.css"
PAGE = "page.html"
TEXT = "message.txt"
NOTICE = "notice.html"
NOTICE_TEXT = "notice.txt"
_READABLE = frozenset(
    {
        AlternateView,
        ChipView,
        EditionView,
        ItemView,
        LetterView,
        LinkView,
        PictureView,
        SectionView,
        Palette,
        Rendered,
        LoopContext,
        TemplateModule,
    }
)
"""What templates read; every attribute without an underscore is theirs."""
_CALLABLE = frozenset({Language, Footnotes, PictureView, SectionView})
"""What templates call the methods of."""


MAX_REPEATED_CHARACTERS = 100_000


class _Sandbox(ImmutableSandboxedEnvironment):
    """Jinja's sandbox, with a short way for our own frozen values and for macros.

    As its `range` is, a text that is repeated or padded is capped, so that a slip in a template
    ends in an error and not in a machine without memory.

    What our values offer without an underscore is what a template is meant to read and call;
    checking each of thousands of steps again takes half the time of a rendering.
    """

    intercepted_binops = frozenset({"*", "**", "%"})
    readable: Collection[type] = _READABLE

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401
        if operator == "**" or _grows(left, right) or _grows(right, left):
            msg = f"`{operator}` would make too long a text or too large a number"
            raise SecurityError(msg)
        if operator == "%" and isinstance(left, str):
            msg = "a text is not formatted by `%`; put its parts side by side"
            raise SecurityError(msg)
        return super().call_binop(context, operator, left, right)

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401  # Jinja's signature
        if type(obj) in self.readable and not attribute.startswith("_"):
            try:
                return getattr(obj, attribute)
            except AttributeError:
                return super().getattr(obj, attribute)
        return super().getattr(obj, attribute)

    def call(  # Jinja's own
        __self,  # noqa: N805  # named as Jinja names it, so that no keyword collides
        __context: Context,  # noqa: PYI063
        __obj: Any,  # noqa: ANN401
        *args: Any,  # noqa: ANN401
        **kwargs: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        kind = type(__obj)
        if kind is MethodType and type(__obj.__self__) in _CALLABLE:
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
            return __obj(*args, **kwargs)
        if kind is Macro:
            kwargs.pop("_loop_vars", None)
            kwargs.pop("_block_vars", None)
            return __obj(__context.eval_ctx, *args, **kwargs)
        return super().call(__context, __obj, *args, **kwargs)


def _grows(text: Any, times: Any) -> bool:  # noqa: ANN401
    is_long = isinstance(text, str | list | tuple) and isinstance(times, int)
    return is_long and len(text) * times > MAX_REPEATED_CHARACTERS


_UNBOUNDED_FILTERS = ("center", "format", "indent")
"""They pad to any width; a theme has CSS for that."""


@dataclass(frozen=True)
class Theme:
    """Templates, compiled once.

    Attributes:
        sources: the templates by name.
        readable: further values of ours whose attributes templates read.
    """

    sources: Mapping[str, str]
    readable: frozenset[type] = frozenset()

    @cached_property
    def _environment(self) -> _Sandbox:
        sandbox = _Sandbox(
            loader=DictLoader(dict(self.sources)),
            autoescape=lambda name: not (name or "").endswith((".txt", ".css")),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        sandbox.readable = _READABLE | self.readable
        for name in _UNBOUNDED_FILTERS:
            del sandbox.filters[name]
        return sandbox

    def render(self, name: str, language: Language, **values: object) -> str:
        """Render one template.

        Args:
            name: of the template, such as "mail.mjml".
            language: its words are `_`, its filters `words` (HTML) and `plain` (text).
            **values: what the template sees.

        Raises:
            TemplateError: the template is missing, wrong, or asks for what there is not.
        """
        try:
            template = self._environment.get_template(name)
            return template.render(
                values,
                _=language.words,
                words=language.markup,
                plain=language.isolated,
                cells=cells,
                start="right" if language.direction == "rtl" else "left",
                end="left" if language.direction == "rtl" else "right",
            )
        except TemplateSyntaxError as error:
            msg = f"{error.name or name}:{error.lineno}:1: {error.message} — mend the template"
            raise TemplateError(msg) from error
        except Exception as error:  # a designer's code ran; the fault is in it
            msg = f"{name}:{_line(error, name)}:1: {error} — mend the template"
            raise TemplateError(msg) from error


def _line(error: BaseException, name: str) -> int:
    """Find the template line in the traceback that Jinja rewrites for it."""
    line, step = 1, error.__traceback__
    while step is not None:
        if step.tb_frame.f_code.co_filename.endswith((name, "<template>", "<unknown>")):
            line = step.tb_lineno
        step = step.tb_next
    return line

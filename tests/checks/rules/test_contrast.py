"""Words that nobody can read are found, on a light and on a dark screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from infomail.checks import Proof, check
from infomail.model.finding import Finding

Spoilt = Callable[[tuple[str, str, str], str], Proof]


def messages(proof: Proof, code: str) -> list[str]:
    """Give what a rule says of an edition."""
    return [finding.message for finding in check(proof) if finding.code == code]


def with_colours(spoilt: Spoilt, words: str, background: str, style: str = "") -> Proof:
    """Put a passage in these colours before the letter."""
    passage = f'<p style="color:{words};background-color:{background};{style}">Read me</p></body>'
    return spoilt(("html", "</body>", passage), "en")


def test_pale_words_are_found_on_a_light_screen(convicts: Callable[..., Finding]) -> None:
    """Words too pale for their background are found, with both colours and the contrast."""
    change = ("mail.mjml", '<p class="month">', '<p class="month" style="color: #999999">')
    finding = convicts("contrast-light", change, "issues/2030-05.yaml:67:14")
    assert "#999999 on #f3f5f8 has a contrast of 2.6, not 4.5" in finding.message


def test_pale_words_are_found_on_a_dark_screen(convicts: Callable[..., Finding]) -> None:
    """Words that only a dark screen makes unreadable are found there."""
    change = (
        "mail_modes.css",
        "{{ foreground }} .kicker { color: {{ dark.accent }}",
        "{{ foreground }} .kicker { color: #333333",
    )
    finding = convicts("contrast-dark", change, "issues/2030-05.yaml:47:13")
    assert "on a dark screen" in finding.message


@pytest.mark.parametrize(
    ("words", "background", "style", "is_found"),
    [
        ("#767676", "#ffffff", "", False),  # 4.54
        ("#777777", "#ffffff", "", True),  # 4.48
        ("#777777", "#ffffff", "font-size:24px", False),
        ("#777777", "#ffffff", "font-size:23.9px", True),
        ("#777777", "#ffffff", "font-size:14pt;font-weight:bold", False),
        ("#777777", "#ffffff", "font-size:18.6px;font-weight:bold", True),
        ("#959595", "#ffffff", "font-size:24px", True),  # 2.98
        ("#777777", "#ffffff", "display:none", False),
        ("#777777", "#ffffff", "font-size:0", False),
        ("rgba(0,0,0,0.5)", "#ffffff", "", True),
        ("#000000", "#ffffff", "opacity:0.4", True),
        ("#777777", "#ffffff", "background-image:url(https://example.org/a.png)", False),
    ],
)
def test_the_borders_are_those_of_wcag(
    spoilt: Spoilt, words: str, background: str, style: str, *, is_found: bool
) -> None:
    """Text needs 4.5, large text 3; what nobody sees or nobody can judge is left alone."""
    found = messages(with_colours(spoilt, words, background, style), "contrast-light")
    assert bool(found) is is_found


def test_a_contrast_is_rounded_down(spoilt: Spoilt) -> None:
    """A contrast of 4.48 reads 4.4: what is not enough never reads as if it were."""
    (message,) = messages(with_colours(spoilt, "#777777", "#ffffff"), "contrast-light")
    assert message == (
        "“Read me” is hard to read on a light screen:"
        " #777777 on #ffffff has a contrast of 4.4, not 4.5"
    )


def test_equal_colours_are_one_finding(spoilt: Spoilt) -> None:
    """Many places with the same pair of colours are one finding that counts them."""
    passages = '<p style="color:#888;background:#fff">Read me</p>' * 3
    (message,) = messages(spoilt(("html", "</body>", f"{passages}</body>"), "en"), "contrast-light")
    assert "(and 2 more)" in message


def test_bars_and_arrows_are_no_words(spoilt: Spoilt) -> None:
    """A pale bar between links hides nothing."""
    bar = '<p style="color:#ddd;background:#fff">|</p></body>'
    assert messages(spoilt(("html", "</body>", bar), "en"), "contrast-light") == []

"""Do pictures say what they show, and do mail programs show them?

Here are the words that stand for a picture, and its address; `infomail.checks.rules.picture_files`
judges the bytes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from infomail.checks.parsed.document import Element, folded
from infomail.checks.parsed.pictures import picture_addresses
from infomail.checks.proof import Proof
from infomail.checks.rule import MAIL_TEMPLATE, Fault, Rule, Source, and_more, rule
from infomail.checks.rules.picture_files import LOGO, file_name, part_shown
from infomail.checks.sources import EMAIL_MARKUP, STAFF, can_i_email, wcag
from infomail.model.finding import Severity
from infomail.model.manuscript import NEWSLETTER_FILE, Path

_NON_TEXT = wcag("1.1.1", "Non-text Content")
_ALT_TREE = Source(
    "W3C: an alt decision tree", "https://www.w3.org/WAI/tutorials/images/decision-tree/"
)
_ALT_TIPS = Source(
    "W3C: tips and tricks for alt texts", "https://www.w3.org/WAI/tutorials/images/tips/"
)
_SPAM_ASSASSIN = Source(
    "SpamAssassin: HTML_IMAGE_ONLY",
    "https://github.com/apache/spamassassin/blob/trunk/rules/20_html_tests.cf",
)

MAX_ALT_CHARACTERS = 125
"""JAWS reads longer alt texts in pieces; a sentence or two fit in."""
MIN_WORDS_CHARACTERS = 500
"""Below it, filters for spam and readers without pictures have next to nothing to go by."""

_EXTENSION = re.compile(r"\S+\.(?:jpe?g|png|gif|webp|svg|avif|bmp|tiff?|heic)", re.IGNORECASE)
# Names that cameras, phones and programs give: IMG_1234, DSC00017, "Screenshot 2024-11-20".
_CAMERA = re.compile(
    r"(?=\D*\d)(?:img|dsc[nf]?|dcim|pxl|mvimg|scan|screenshot|capture|untitled|whatsapp image)"
    r"(?:[\d\s_.,:()-]|at|[ap]m|wa)+",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[\s_.()\d-]+$")
# fmt: off
_NO_DESCRIPTIONS = frozenset({
    "image", "images", "photo", "photograph", "picture", "pic", "img", "graphic", "icon", "logo",
    "banner", "header", "cover", "thumbnail", "alt", "alt text", "placeholder", "spacer",
    "illustration", "photographie", "logotype", "bannière", "couverture", "vignette", "visuel",
    "صورة", "صوره", "الصورة", "شعار", "لافتة", "غلاف", "أيقونة",
    "imagen", "foto", "fotografía", "portada", "icono",
    "bild", "grafik", "abbildung", "titelbild", "symbol",
    "imagem", "fotografia", "capa", "ícone",
    "immagine", "copertina", "icona",
    "изображение", "фото", "фотография", "картинка", "логотип", "обложка", "рисунок",
    "图片", "照片", "图像", "图标", "标志", "封面",
})
# fmt: on
"""Words that say what kind of thing a picture is, but not what it shows."""
_ARTICLE = r"(?:an?|the|une?|la|les|eine?|das|uma?|una?)\s+"
_REDUNDANT = re.compile(
    rf"(?:{_ARTICLE})?(?:"
    r"(?:image|photo|photograph|picture|pic|graphic)\s+(?:of|showing)\b"
    r"|(?:image|photo|photographie)\s+(?:d['’]|de\b|du\b|des\b|montrant\b)"
    r"|صور(?:ة|ه)\s+(?:من|عن|تظهر|تُظهر|توضح|تبين|لل?\S)"
    r"|(?:imagen|foto|fotografía)\s+(?:de|del|que)\b"
    r"|(?:bild|foto|fotografie)\s+(?:von|vom|des|der|eines|einer)\b"
    r"|(?:imagem|foto|fotografia)\s+(?:de|do|da|dos|das)\b"
    r"|(?:immagine|foto|fotografia)\s+(?:di|del|della|dei|che)\b"
    r"|(?:изображение|фото|фотография|картинка|снимок)\s+\w"
    r"|(?:图片|照片|图像)[：:]"
    r")|.*的(?:图片|照片|图像)$",
    re.IGNORECASE,
)
_PUNCTUATION = re.compile(r"[\W_]+")
_CSS_DATA = re.compile(r"url\(\s*[\"']?\s*data:", re.IGNORECASE)


@rule("img-alt-missing", Severity.ERROR, EMAIL_MARKUP, _NON_TEXT)
def img_alt_missing(proof: Proof) -> Iterator[Fault]:
    """Every picture has an alt attribute.

    Without it, a screen reader reads out the address of the file. A picture that only decorates
    has an empty one.
    """
    bare = [image for image in proof.mail.all("img") if "alt" not in image.attributes]
    if bare:
        name = file_name(bare[0]) or "without an address"
        message = f"the picture {name} has no alt attribute{and_more(bare)}"
        yield Fault(message, 'write what it shows, or alt="" for decoration', MAIL_TEMPLATE)


@rule("img-alt-filename", Severity.WARNING, _ALT_TREE, _NON_TEXT)
def img_alt_filename(proof: Proof) -> Iterator[Fault]:
    """An alt text says what is to be seen, not what the file is called.

    "IMG_1234" or "photo" tells readers that they miss something, but not what.
    """
    for image in proof.mail.all("img"):
        alt = folded(image.attributes.get("alt", ""))
        if alt and _is_file_name(alt, _stem(image, proof)):
            message = f"the alt text “{alt}” is a name, not a description"
            remedy = 'say in a sentence what the picture shows, or write "" for pure decoration'
            yield Fault(message, remedy, _alt_path(image, proof))


@functools.lru_cache(maxsize=1024)
def _is_file_name(alt: str, stem: str) -> bool:
    plain = _NUMBERED.sub("", alt.casefold()) or alt.casefold()
    # The name of the file says something only if it is no word: 2024-11-vienna, not "harbour".
    same = alt.casefold() == stem.casefold() and not stem.isalpha()
    return same or bool(
        plain in _NO_DESCRIPTIONS or _EXTENSION.fullmatch(alt) or _CAMERA.fullmatch(alt)
    )


def _stem(image: Element, proof: Proof) -> str:
    """Give the name of the picture's file as staff know it, without its ending."""
    part, logo = part_shown(image, proof), proof.newsletter.brand.logo
    if part == LOGO and logo:
        return PurePosixPath(logo.src).stem
    item = proof.item_at(part)
    source = item.image.src if item and item.image else file_name(image)
    return PurePosixPath(source).stem


@rule("img-alt-redundant", Severity.WARNING, _ALT_TIPS)
def img_alt_redundant(proof: Proof) -> Iterator[Fault]:
    """An alt text says something new: neither "image of", nor the title or caption once more.

    A screen reader says "image" by itself, and reads title and caption right beside.
    """
    for image in proof.mail.all("img"):
        alt = folded(image.attributes.get("alt", ""))
        if alt and (reason := _redundancy(alt, image, proof)):
            yield Fault(f"the alt text “{alt}” {reason[0]}", reason[1], _alt_path(image, proof))


def _redundancy(alt: str, image: Element, proof: Proof) -> tuple[str, str] | None:
    """Say why an alt text is no news, and what to do about it."""
    if beginning := _redundant_beginning(alt):
        begin = f"begins with “{beginning}”"
        return begin, "leave that out: screen readers say themselves that it is a picture"
    item = proof.item_at(part_shown(image, proof))
    if item is None or item.image is None:
        return None
    for name, words in (("title", item.title), ("caption", item.image.caption or "")):
        if _letters(alt) and _letters(alt) == _letters(words):
            return f"repeats the {name}", "say what the picture shows"
    return None


@functools.lru_cache(maxsize=1024)
def _redundant_beginning(alt: str) -> str:
    found = _REDUNDANT.match(alt)
    return found[0].strip() if found else ""


@functools.lru_cache(maxsize=4096)
def _letters(words: str) -> str:
    return _PUNCTUATION.sub("", words.casefold())


@rule("img-alt-long", Severity.WARNING, _ALT_TIPS)
def img_alt_long(proof: Proof) -> Iterator[Fault]:
    """An alt text has at most 125 characters.

    Nobody can pause or skip within it. What takes longer belongs into the text or the caption.
    """
    for image in proof.mail.all("img"):
        alt = folded(image.attributes.get("alt", ""))
        if len(alt) > MAX_ALT_CHARACTERS:
            message = f"the alt text “{alt[:40]}…” has {len(alt)} characters"
            remedy = f"shorten it to {MAX_ALT_CHARACTERS}; put the rest into the caption"
            yield Fault(message, remedy, _alt_path(image, proof))


@rule("img-link-alt", Severity.ERROR, wcag("2.4.4", "Link Purpose (In Context)"), _NON_TEXT)
def img_link_alt(proof: Proof) -> Iterator[Fault]:
    """A picture that is a link has an alt text, unless the link has words as well.

    Otherwise a screen reader reads out the whole address, for it has nothing else to say.
    """
    for image in proof.mail.all("img"):
        if image.attributes.get("alt", "missing").strip():
            continue
        link = next((around for around in image.ancestors if around.tag == "a"), None)
        if link is not None and "href" in link.attributes and not _says_something(link):
            message = f"the picture {file_name(image)} is a link without words"
            remedy = "say in its alt text where the link leads"
            yield Fault(message, remedy, _alt_path(image, proof))


def _says_something(link: Element) -> bool:
    inside = link.descendants
    return bool(link.words) or any(
        inner.attributes.get("alt", "").strip() for inner in inside if inner.tag == "img"
    )


@rule("img-absolute-https", Severity.ERROR, EMAIL_MARKUP, STAFF)
def img_absolute_https(proof: Proof) -> Iterator[Fault]:
    """Every picture has a whole address that begins with https.

    A mail lies on no server, so an address without a host leads nowhere; pictures over plain http
    are blocked by many mail programs, and can be read and changed on their way.
    """
    wrong = [image for image in proof.mail.all("img") if not _is_reachable(image)]
    if not wrong:
        return
    address = _src(wrong[0])
    plain = address.lower().startswith("http:")
    ours = plain and proof.newsletter.public_url.lower().startswith("http:")
    message = f"the picture {address[:80]!r} has no https address{and_more(wrong)}"
    remedy = "write the address with https" if plain else "write its whole address, with https"
    yield Fault(message, remedy, (NEWSLETTER_FILE, "public_url") if ours else MAIL_TEMPLATE)


def _is_reachable(image: Element) -> bool:
    """Tell whether a picture has an address on the web, or one that other rules judge."""
    address = _src(image)
    scheme = address.partition(":")[0].lower()
    if scheme in {"data", "cid"} and ":" in address:
        return True
    return scheme == "https" and bool(_host(address))


@rule("img-data-uri", Severity.ERROR, can_i_email("image-base64"))
def img_data_uri(proof: Proof) -> Iterator[Fault]:
    """No picture is written into the mail itself.

    Gmail does not show pictures in data: addresses, and they make the mail so long that it is cut
    off.
    """
    images = [image for image in proof.mail.all("img") if _src(image).lower().startswith("data:")]
    in_css = len(_CSS_DATA.findall(proof.edition.html)) if "data:" in proof.edition.html else 0
    if images or in_css:
        number = len(images) + in_css
        message = "a picture is" if number == 1 else f"{number} pictures are"
        remedy = "put it among the assets, and show it by its address"
        yield Fault(f"{message} written into the mail as data:", remedy, MAIL_TEMPLATE)


@rule("img-ratio", Severity.WARNING, _SPAM_ASSASSIN)
def img_ratio(proof: Proof) -> Iterator[Fault]:
    """A mail with pictures has at least 500 characters of words.

    Many mail programs show no pictures until asked. A mail that is little else shows next to
    nothing then, and filters take it for spam, which hides its words in pictures.
    """
    shown = [each for each in proof.mail.all("img") if each.attributes.get("alt", "").strip()]
    content = [image for image in shown if part_shown(image, proof) != LOGO]
    if not content:
        return
    characters = _visible_characters(proof)
    if characters < MIN_WORDS_CHARACTERS:
        message = f"the mail has pictures, but only {characters} characters of words"
        yield Fault(message, "say in words what the pictures say")


def _visible_characters(proof: Proof) -> int:
    """Count the characters of words that are shown, as far as the threshold."""
    body = proof.mail.body
    elements = proof.mail.elements[body.number : body.last + 1] if body else ()
    characters, hidden_until = 0, -1
    for element in elements:
        if characters >= MIN_WORDS_CHARACTERS:
            break
        if element.number <= hidden_until:
            continue
        if element.style.get("display") == "none" or element.tag in {"style", "script"}:
            hidden_until = element.last
        else:
            characters += len(element.own_words)
    return characters


@rule("hotlink", Severity.WARNING, STAFF)
def hotlink(proof: Proof) -> Iterator[Fault]:
    """All pictures come from the newsletter's own host.

    Another host learns who opens the mail and when, and can swap or delete the picture. Pictures
    behind the words (in CSS, in attributes, in VML for Outlook) count as well.
    """
    own = _host(proof.newsletter.public_url)
    strange: dict[str, set[str]] = {}
    for address in picture_addresses(proof.mail):
        host = _host(address.strip())
        if host and host != own:
            strange.setdefault(host, set()).add(address.strip())
    for host, addresses in strange.items():
        what = "a picture comes" if len(addresses) == 1 else f"{len(addresses)} pictures come"
        remedy = "put it among the newsletter's own assets"
        yield Fault(f"{what} from {host}", remedy, MAIL_TEMPLATE)


def _host(address: str) -> str:
    if "//" not in address:
        return ""
    try:
        return (urlsplit(address).hostname or "").lower()
    except ValueError:
        return ""


def _src(image: Element) -> str:
    return image.attributes.get("src", "").strip()


def _alt_path(image: Element, proof: Proof) -> Path:
    """Give where the alt text of a picture is written."""
    part = part_shown(image, proof)
    if part == LOGO:
        return (*LOGO, "alt", proof.edition.language)
    return (*part, "alt") if part else MAIL_TEMPLATE


RULES: tuple[Rule, ...] = (
    img_alt_missing,
    img_alt_filename,
    img_alt_redundant,
    img_alt_long,
    img_link_alt,
    img_absolute_https,
    img_data_uri,
    img_ratio,
    hotlink,
)

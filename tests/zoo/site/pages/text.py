"""Pages whose letters are the difficulty."""

from zoo.site.exhibit import HTML, Answer, Exhibit, framed, page

CELL = 60
_CELLS = """<style>#lamp {{ display: none }} #cells {{ display: flex }} #cells span {{ width: 60px; height: 60px;
overflow: hidden; font: 40px/60px sans-serif; text-align: center }}</style><div id="cells">{}</div>"""

EMOJI = ("😀", "🚀", "👩🏽‍🚀", "🇯🇵", "❤️")
CJK = ("漢", "字", "한", "글", "あ")
SCRIPTS = ("Ж", "Ω", "א", "ع", "ह", "ก", "ა", "አ")
RIGHT_TO_LEFT = "<p dir='rtl' id='text' style='margin:0;font:30px/60px sans-serif'>שלום</p>"
# Joined letters take less room than the same letters alone, and boxes in place of them take the same.
ARABIC = """<p dir="rtl" style="margin:0;font:40px/60px sans-serif">بيت</p><script>
const width = text => { const span = document.createElement('span'); span.style.font = '40px sans-serif';
  span.textContent = text; document.body.append(span); const found = span.getBoundingClientRect().width;
  span.remove(); return found };
if (width('بيت') < width('ب') + width('ي') + width('ت') - 4) on()</script>"""
JAPANESE = "日本語のページ"
FORM = """<style>#lamp { display: none } form { padding: 12px; display: grid; gap: 8px; width: 240px }</style>
<form><input value="A field"><input type="checkbox" checked><input type="radio" checked><select><option>One</select>
<progress value="0.6"></progress><input type="range" value="30"><textarea rows="2">Some lines</textarea>
<button>Send</button></form>"""
GOLDEN = """<style>#lamp {{ display: none }} main {{ padding: 12px; font: 24px/36px {} }}</style>
<main lang="{}" dir="{}">{}</main>"""


def cells(letters: tuple[str, ...]) -> str:
    """Return a row of letters, one in each cell of 60 x 60 pixels."""
    return _CELLS.format("".join(f"<span>{letter}</span>" for letter in letters))


def golden(family: str, language: str, direction: str, text: str) -> str:
    """Return a text whose picture is compared with a stored one."""
    return GOLDEN.format(family, language, direction, text)


def declared(charset: str, said: str) -> Answer:
    """Answer a page in this encoding, which the header tells and a tag denies."""
    script = f"<script>if (document.querySelector('p').textContent === {_escaped(JAPANESE)}) on()</script>"
    document = framed("charset", f"<p>{JAPANESE}</p>{script}").replace('charset="utf-8"', f'charset="{said}"')
    return Answer(document.encode(charset), f"text/html; charset={charset}")


def _escaped(text: str) -> str:
    return "'" + "".join(f"\\u{ord(letter):04x}" for letter in text) + "'"


EXHIBITS = (
    page(
        "/text/emoji", "has emoji, among them joined ones and a flag", "five coloured pictures, no boxes", cells(EMOJI)
    ),
    page("/text/cjk", "has Chinese, Korean and Japanese letters", "five different letters, no boxes", cells(CJK)),
    page("/text/scripts", "has letters of eight more scripts", "eight different letters, no boxes", cells(SCRIPTS)),
    page("/text/hebrew", "has text from right to left", "the text stands at the right edge", RIGHT_TO_LEFT),
    page("/text/arabic", "has letters that join", "the lamp is on: they are joined", ARABIC),
    Exhibit(
        "/text/charset",
        lambda _: declared("shift_jis", "utf-8"),
        "is Shift JIS by its header and UTF-8 by its own word",
        "the lamp is on: the header was believed",
    ),
    Exhibit(
        "/text/no-charset",
        lambda _: Answer(framed("none", f"<p>{JAPANESE}</p><script>on()</script>").encode(), HTML.partition(";")[0]),
        "says its encoding in a tag only",
        "the lamp is on",
    ),
    page(
        "/golden/latin",
        "is compared with a stored picture: Latin letters",
        "the same pixels",
        golden("sans-serif", "en", "ltr", "Ångström, façade, Łódź, 0123456789 &amp; “quotes”"),
    ),
    page(
        "/golden/cjk",
        "is compared with a stored picture: Chinese, Japanese, Korean",
        "the same pixels",
        golden("sans-serif", "ja", "ltr", "日本語の文章と漢字。中文網頁。한국어 문장."),
    ),
    page(
        "/golden/emoji",
        "is compared with a stored picture: emoji",
        "the same pixels",
        golden("sans-serif", "en", "ltr", "😀 🚀 👩🏽‍🚀 🇯🇵 ❤️ 🏳️‍🌈 text between 🎉"),
    ),
    page(
        "/golden/rtl",
        "is compared with a stored picture: from right to left",
        "the same pixels",
        golden("sans-serif", "ar", "rtl", "مرحبا بالعالم 123 (نص) שלום עולם"),
    ),
    page("/golden/form", "is compared with a stored picture: a form", "the same pixels", FORM),
)

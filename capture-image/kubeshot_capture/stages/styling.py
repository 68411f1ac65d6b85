"""Hides, removes and paints over what the request names, and adds its styles: all as style sheets."""

from collections.abc import Iterable, Iterator

from kubeshot_capture.failures import CaptureError
from kubeshot_capture.roots import ROOTS
from kubeshot_capture.stages.script import ask
from kubeshot_capture.tab import Tab
from kubeshot_contract.fields import Fields
from kubeshot_contract.options import Format
from kubeshot_contract.output import Output
from kubeshot_contract.reasons import Reason
from kubeshot_contract.spec import Preparation

# Adopted sheets: no content security policy forbids them, they reach into shadow roots, and no element is added.
# An important rule in a layer wins over important rules outside of it, whatever their selectors weigh.
# A selector is read by setting it as a rule's: what is no selector leaves the rule as it was, and brackets and comments
# that are never closed can't swallow what comes after them. The styles have a sheet of their own for the same reason.
# The mask is a filter that returns one colour over the box of the element: it follows the element wherever it goes, and
# covers pictures and frames as well as text. It is an element of its own beside the body, and one in each shadow root,
# since a policy may forbid images, which a filter in a data: address counts as.
_ADOPT = (
    f"({{hide, remove, mask, styles}}) => {{{ROOTS}"
    + """
  const mark = Symbol.for('kubeshot.sheets');
  const scratch = new CSSStyleSheet();
  scratch.insertRule('none-such {}');
  const read = (field, selector) => {
    const [rule] = scratch.cssRules;
    rule.selectorText = 'none-such';
    rule.selectorText = selector;
    if (rule.selectorText === 'none-such') throw {field, selector};
    return rule.selectorText;
  };
  let rules;
  try {
    rules = [
      ...hide.map(one => read('hide', one)).map(it => `${it}, :is(${it}) * {visibility: hidden !important}`),
      ...remove.map(one => read('remove', one)).map(it => `${it} {display: none !important}`),
      ...mask.map(one => read('mask', one)).map(it => `${it} {filter: url(#kubeshot-mask) !important}`),
    ];
  } catch (invalid) {
    if (!invalid.field) throw invalid;
    return invalid;
  }
  const make = (view, text) => {
    const sheet = new view.CSSStyleSheet();
    sheet.replaceSync(text);
    return sheet;
  };
  const svg = (name, attributes, ...children) => {
    const element = document.createElementNS('http://www.w3.org/2000/svg', name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    element.append(...children);
    return element;
  };
  const flood = () => {
    const box = {id: 'kubeshot-mask', x: 0, y: 0, width: 1, height: 1};
    const element = svg('svg', {width: 0, height: 0}, svg('filter', box, svg('feFlood', {'flood-color': 'gray'})));
    element.style.position = 'absolute';
    return element;
  };
  for (const root of roots) {
    const owner = root.ownerDocument ?? root;
    const sheets = owner[mark] ??= [
      make(owner.defaultView, `@layer kubeshot {${rules.join(' ')}}`), make(owner.defaultView, styles),
    ];
    const missing = sheets.filter(sheet => !root.adoptedStyleSheets.includes(sheet));
    if (missing.length) root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...missing];
    if (mask.length && !root.getElementById('kubeshot-mask')) (root.documentElement ?? root).append(flood());
  }
  return {};
}"""
)


def is_asked(prepare: Preparation) -> bool:
    """Say whether there is anything to hide, to remove, to mask or to style."""
    return bool(prepare.hide or prepare.remove or prepare.mask or prepare.styles)


def shown_behind_masks(prepare: Preparation, outputs: Iterable[Output]) -> Iterator[str]:
    """Yield a sentence for each output that is source, not paint: a mask hides nothing there."""
    for output in outputs:
        if prepare.mask and output.format in (Format.HTML, Format.MHTML):
            yield f"the output {output.name} holds what is behind its masks: prepare.remove takes it out"


async def run(tab: Tab, prepare: Preparation, seconds: float) -> None:
    """Apply the sheets to the page and its frames of the same origin, unless they are there already.

    Raises `CaptureError` for what is no selector, and `NoAnswerError`. Elements that come later are covered in every
    document and shadow root that is there now.
    """
    if not is_asked(prepare):
        return
    asked = {
        "hide": list(prepare.hide),
        "remove": list(prepare.remove),
        "mask": list(prepare.mask),
        "styles": prepare.styles or "",
    }
    invalid = Fields(await ask(tab.page, _ADOPT, asked, seconds))
    if invalid.has("field"):
        name, selector = invalid.text("field"), invalid.text("selector")
        raise CaptureError(Reason.INVALID_REQUEST, f"prepare.{name} has {selector}, which is not a CSS selector")

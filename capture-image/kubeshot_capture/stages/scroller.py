"""What scrolls the page: the document, or an element that fills most of the window, as in many applications."""

from dataclasses import dataclass

from kubeshot_capture.roots import EAGER, ROOTS
from kubeshot_capture.stages.script import ask
from kubeshot_capture.tab import Tab
from kubeshot_contract.fields import Fields

_FIND = f"""{ROOTS}
  const page = document.scrollingElement ?? document.documentElement;
  const view = element => element === page ? innerHeight : element.clientHeight;
  const hidden = element => element.scrollHeight - view(element);
  const fills = element => element.clientHeight >= innerHeight / 2 && element.clientWidth >= innerWidth / 2;
  const scrolls = element => element !== page && fills(element) && hidden(element) > 1
    && /auto|scroll|overlay/.test(getComputedStyle(element).overflowY);
  const largest = () => roots.filter(root => (root.ownerDocument ?? root) === document)
    .flatMap(root => [...root.querySelectorAll('*')]).filter(scrolls)
    .reduce((most, element) => hidden(element) > hidden(most) ? element : most, page);
  const state = window[Symbol.for('kubeshot.scroller')] ??= {{left: scrollX, top: scrollY, opened: []}};
"""

# Says how far a page can be scrolled; the element that does it is kept, as it is asked for at every step.
_SEEK = f"""() => {{{_FIND}
  state.scroller = largest();
  state.stood = state.scroller.scrollTop;
  return Math.max(0, Math.round(hidden(state.scroller)));
}}"""

_STEP = f"""top => {{{ROOTS}{EAGER}
  const {{scroller}} = window[Symbol.for('kubeshot.scroller')] ?? {{}};
  const element = scroller?.isConnected ? scroller : document.scrollingElement ?? document.documentElement;
  element.scrollTo({{top, behavior: 'instant'}});
  const view = element === document.scrollingElement ? innerHeight : element.clientHeight;
  return {{top: Math.round(element.scrollTop), view, height: element.scrollHeight}};
}}"""

# An element is opened by making it and all around it as much higher as it hides. Overflow rules stay: nothing overflows
# any more. What is fixed to the window can't be higher than it, so it is put at the same place of the page.
_OPEN = f"""() => {{{_FIND}
  scrollTo({{left: 0, top: 0, behavior: 'instant'}});
  const grow = (element, by) => {{
    const {{position}} = getComputedStyle(element);
    const styles = {{'min-height': `${{element.offsetHeight + by}}px`, 'box-sizing': 'border-box'}};
    if (position === 'fixed' || position === 'absolute') {{
      Object.assign(styles, {{position: 'absolute', top: `${{element.offsetTop}}px`, bottom: 'auto'}});
    }}
    state.opened.push([element, element.getAttribute('style')]);
    return styles;
  }};
  for (let round = 0; round < 5; round++) {{
    const scroller = largest();
    if (scroller === page) return;
    scroller.scrollTo({{top: 0, behavior: 'instant'}});
    const by = hidden(scroller);
    const chain = [];
    for (let part = scroller; part; part = part.parentElement ?? part.getRootNode().host) chain.push(part);
    const changes = chain.map(part => grow(part, by));
    chain.forEach((part, index) => Object.entries(changes[index])
      .forEach(([name, value]) => part.style.setProperty(name, value, 'important')));
  }}
}}"""

_CLOSE = """() => {
  const state = window[Symbol.for('kubeshot.scroller')];
  if (!state) return;
  for (const [element, style] of state.opened.splice(0).reverse()) {
    if (style === null) element.removeAttribute('style');
    else element.setAttribute('style', style);
  }
  state.scroller?.scrollTo({top: state.stood, behavior: 'instant'});
  scrollTo({left: state.left, top: state.top, behavior: 'instant'});
}"""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a scroller stands, in CSS pixels: what it shows begins at `top`, and is `view` of `height` high."""

    top: int
    view: int
    height: int

    @property
    def bottom(self) -> int:
        """The first row below what is shown."""
        return self.top + self.view


async def seek(tab: Tab, seconds: float) -> int:
    """Find what scrolls the page, and return how many pixels of it are out of sight; raise `NoAnswerError`."""
    hidden = await ask(tab.page, _SEEK, None, seconds)
    assert isinstance(hidden, int)
    return hidden


async def step(tab: Tab, top: int, seconds: float) -> Place:
    """Scroll to a row, make lazy images load, and return where that led; raise `NoAnswerError`."""
    place = Fields(await ask(tab.page, _STEP, top, seconds))
    return Place(place.integer("top"), place.integer("view"), place.integer("height"))


async def open_up(tab: Tab, seconds: float) -> None:
    """Scroll the page to its beginning, and make elements that scroll as high as their content; or `NoAnswerError`."""
    await ask(tab.page, _OPEN, None, seconds)


async def close(tab: Tab, seconds: float) -> None:
    """Undo `open_up`: the window is as it was; raise `NoAnswerError`."""
    await ask(tab.page, _CLOSE, None, seconds)

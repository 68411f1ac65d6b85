"""A copy of a frame as it looks now, in HTML: without scripts, and with a mark wherever something has to be put in."""

from dataclasses import dataclass

from playwright.async_api import ElementHandle, Frame

from kubeshot_contract.fields import Fields

# The browser itself copies and writes the document; an inert one loads nothing, runs nothing. What a person sees is in
# the copy as it is now: the rules that style sheets have, not the text they came with; what was typed; what was drawn;
# shadow roots. Things to put in are numbered:
#   {url}           the address of a resource, wanted as a data: URL
#   {css, base}     rules with addresses in them, relative to base; css is null when the page itself may not read it
#   {style, base}   the same for an attribute
#   {frame}         a document inside this one; its element gets the number too
_COPY = """nonce => {
  const parts = [];
  const mark = part => `${nonce}-${parts.push(part) - 1}-`;
  const inert = document.implementation.createHTMLDocument('');
  const isData = url => /^(data:|about:|#|$)/i.test(url.trim());
  const absolute = (url, base) => { try { return new URL(url, base).href; } catch { return ''; } };
  const resource = (node, copy, name, url = node.getAttribute(name)) => {
    if (!url) return copy.removeAttribute(name);
    if (!isData(url)) copy.setAttribute(name, mark({url: absolute(url, node.baseURI)}));
  };
  const drawn = source => { try { return source.toDataURL(); } catch { return null; } };
  const rules = sheet => {
    const base = sheet.href ?? document.baseURI;
    try {
      return {css: [...sheet.cssRules].map(rule => rule.cssText).join('\\n'), base};
    } catch {
      return {css: null, base};
    }
  };
  const style = (sheet, media) => {
    const copy = inert.createElement('style');
    if (media) copy.media = media;
    copy.textContent = mark(rules(sheet));
    return copy;
  };
  const image = (node, copy) => {
    const chosen = node.currentSrc || node.src;
    if (node.hasAttribute('srcset') || node.parentElement?.localName === 'picture') {
      // The chosen file may have more pixels than the size that it stands for.
      if (!copy.hasAttribute('width') && !copy.hasAttribute('height') && node.naturalWidth) {
        copy.setAttribute('width', node.naturalWidth);
        copy.setAttribute('height', node.naturalHeight);
      }
    }
    ['srcset', 'sizes', 'loading', 'crossorigin'].forEach(name => copy.removeAttribute(name));
    resource(node, copy, 'src', chosen);
  };
  const still = video => {
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    if (!canvas.width || !canvas.height) return null;
    canvas.getContext('2d').drawImage(video, 0, 0);
    return drawn(canvas);
  };
  const special = {
    img: image,
    input: (node, copy) => {
      if (node.type === 'image') return resource(node, copy, 'src');
      if (node.type === 'file') return;
      copy.toggleAttribute('checked', node.checked);
      copy.setAttribute('value', node.type === 'password' ? '*'.repeat(node.value.length) : node.value);
    },
    textarea: (node, copy) => { copy.append(node.value); return true; },
    option: (node, copy) => { copy.toggleAttribute('selected', node.selected); },
    canvas: (node, copy) => {
      const picture = drawn(node);
      const ground = `background: url(${picture}) content-box 0 0 / 100% 100% no-repeat`;
      if (picture) copy.setAttribute('style', `${copy.getAttribute('style') ?? ''};${ground}`);
    },
    video: (node, copy) => {
      const picture = still(node);
      ['src', 'autoplay'].forEach(name => copy.removeAttribute(name));
      picture ? copy.setAttribute('poster', picture) : resource(node, copy, 'poster');
      return true;
    },
    audio: (node, copy) => { copy.removeAttribute('src'); return true; },
    a: (node, copy) => {
      const url = node.getAttribute('href') ?? '';
      if (/^\\s*javascript:/i.test(url)) copy.setAttribute('href', '#');
      else if (url && !url.startsWith('#')) copy.setAttribute('href', absolute(url, node.baseURI));
    },
    iframe: (node, copy) => {
      ['srcdoc', 'sandbox', 'loading'].forEach(name => copy.removeAttribute(name));
      node[Symbol.for('kubeshot.frame')] = parts.length;
      copy.setAttribute('src', mark({frame: true}));
      return true;
    },
    object: (node, copy) => resource(node, copy, 'data'),
    embed: (node, copy) => resource(node, copy, 'src'),
    image: (node, copy) => {
      resource(node, copy, 'href', node.href?.baseVal);
      copy.removeAttribute('xlink:href');
    },
  };
  special.frame = special.iframe;
  special.area = special.a;
  special.feImage = special.image;
  const isLeftOut = node => node.nodeType === Node.ELEMENT_NODE && (
    node.matches('script, base, meta[http-equiv], meta[charset], picture > source')
    || (node.localName === 'noscript' && !node.firstElementChild)
    || (node.localName === 'link' && !node.sheet)
    || (node.matches('style, link') && node.sheet?.disabled));
  const element = node => {
    if (node.sheet && node.matches('style, link')) return style(node.sheet, node.media);
    // Where scripts are off it is content like any other, and the copy must show it where they are on.
    const copy = node.localName === 'noscript' ? inert.createElement('div') : inert.importNode(node, false);
    for (const {name} of [...copy.attributes]) if (/^on/i.test(name)) copy.removeAttribute(name);
    if (node.localName === 'noscript') copy.style.display = 'contents';
    if (copy.hasAttribute('background')) resource(node, copy, 'background');
    const inline = copy.getAttribute('style');
    if (inline?.includes('url(')) copy.setAttribute('style', mark({style: inline, base: node.baseURI}));
    if (special[node.localName]?.(node, copy)) return copy;
    if (node.shadowRoot) copy.append(shadow(node.shadowRoot));
    inside(copy).append(...children(inside(node)));
    return copy;
  };
  // A meta element has a content too, which is a text.
  const inside = node => node.content instanceof DocumentFragment ? node.content : node;
  const children = node => [...node.childNodes].filter(child => !isLeftOut(child))
    .map(child => child.nodeType === Node.ELEMENT_NODE ? element(child) : inert.importNode(child));
  const shadow = root => {
    const copy = inert.createElement('template');
    copy.setAttribute('shadowrootmode', 'open');
    copy.content.append(...children(root), ...root.adoptedStyleSheets.map(sheet => style(sheet)));
    return copy;
  };
  const root = element(document.documentElement);
  const head = root.querySelector('head') ?? root;
  const meta = inert.createElement('meta');
  meta.setAttribute('charset', 'utf-8');
  const policy = inert.createElement('meta');
  policy.setAttribute('http-equiv', 'Content-Security-Policy');
  policy.content = "default-src 'none'; style-src data: 'unsafe-inline'; "
    + 'img-src data:; font-src data:; frame-src data:; object-src data:';
  head.prepend(meta, policy);
  head.append(...document.adoptedStyleSheets.map(sheet => style(sheet)));
  return {html: (document.compatMode === 'CSS1Compat' ? '<!DOCTYPE html>\\n' : '') + root.outerHTML, parts};
}"""

_NUMBER = "element => element[Symbol.for('kubeshot.frame')] ?? null"


@dataclass(frozen=True, slots=True)
class Part:
    """Something to put in: the resource at a `url`, `css` whose addresses are relative to `base`, or a frame.

    `css` without text is what is at `base`. `inline` is for the text of an attribute.
    """

    url: str | None
    css: str | None
    base: str | None
    inline: bool


@dataclass(frozen=True, slots=True)
class PageCopy:
    """The HTML of a frame in which `<nonce>-<number>-` stands for each part."""

    html: str
    parts: tuple[Part, ...]


async def copy_of(frame: Frame, nonce: str) -> PageCopy:
    """Return a copy of a frame; nothing of the frame is changed that can be seen."""
    answer = Fields(await frame.evaluate(_COPY, nonce))
    return PageCopy(answer.text("html", most=1 << 28), answer.items("parts", _part, most=1 << 20))


async def number_of(frame: ElementHandle) -> int | None:
    """Return the number of the part that a frame's element is in the copy of its document."""
    number = await frame.evaluate(_NUMBER)
    return number if isinstance(number, int) else None


def _part(part: Fields) -> Part:
    longest = 1 << 28
    inline = part.has("style")
    css = part.optional_text("style" if inline else "css", most=longest)
    return Part(part.optional_text("url", most=longest), css, part.optional_text("base", most=longest), inline)

"""Lets DuckDuckGo's autoconsent deal with cookie banners, in every frame; it says what it finds."""

import asyncio
import json
from pathlib import Path
from typing import Any

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame, Page

from kubeshot_capture.assets import CONSENT_FOLDER
from kubeshot_capture.banners import Banners
from kubeshot_contract.options import Consent

# Sending the engine and its first look keep the page busy for a tenth of a second. So long after the document is there
# a small page has been looked at by those who wait for its quiet, and the tenth passes while they wait.
START_SECONDS = 0.15

_BINDING = "kubeshotConsent"
_ACTIONS = {Consent.DECLINE: "optOut", Consent.ACCEPT: "optIn", Consent.HIDE: None}

# Returns when the engine has looked for the first time. It is CommonJS, and reports by messages. Its logs are off, for
# an error in the console can fail a capture, and nothing is hidden ahead of time, since that would be in the picture.
# It has no word for hiding: a banner that opens is hidden by the selectors of its rule.
_START = """() => {
  const mark = Symbol.for('kubeshot.consent');
  if (window[mark]) return;
  window[mark] = true;
  const send = window[%(binding)s];
  delete window[%(binding)s];
  const module = {exports: {}};
  (() => {%(engine)s
  })();
  const {default: AutoConsent, filterCompactRules} = module.exports;
  const action = %(action)s;
  const logs = ['lifecycle', 'rulesteps', 'detectionsteps', 'evals', 'errors', 'messages', 'waits'];
  let engine, looked;
  const tell = (progress, manager) => { send({progress, manager}); };
  const visible = (steps = []) => steps.flatMap(step => [step.visible, step.waitForVisible,
    ...visible(step.then), ...visible(step.else), ...visible(step.any)]);
  const hide = manager => {
    const known = engine.rules.find(rule => rule.name === manager);
    const selectors = [...(known?.prehideSelectors ?? []), ...visible(known?.rule?.detectPopup)]
      .filter(selector => typeof selector === 'string' && !document.body.matches(selector));
    const sheet = new CSSStyleSheet();
    selectors.forEach(selector => sheet.insertRule(`${selector} {display: none !important}`));
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    tell(selectors.length ? 'hidden' : 'failed', manager);
  };
  const receive = async ({type, cmp, result, state}) => {
    // What it finds at its first look, it says before the next task.
    if (type === 'report' && state.findCmpAttempts) setTimeout(looked, 0);
    if (type === 'cmpDetected') tell('detected', cmp);
    if (type === 'popupFound') action ? tell('open', cmp) : hide(cmp);
    if (type === 'optOutResult' || type === 'optInResult') {
      tell(!result ? 'failed' : engine.foundCmp?.isCosmetic ? 'hidden' : 'answered', cmp);
    }
  };
  const rules = JSON.parse(%(rules)s);
  return new Promise(done => {
    looked = done;
    engine = new AutoConsent(receive);
    engine.initialize({
      autoAction: action,
      isMainWorld: true,
      enablePrehide: false,
      logs: Object.fromEntries(logs.map(kind => [kind, false])),
    }, rules.index
      ? {autoconsent: [], compact: filterCompactRules(rules, {url: location.href, mainFrame: window.top === window})}
      : rules);
  });
}"""


async def install(page: Page, consent: Consent, assets: Path | None, banners: Banners) -> None:
    """Have every document that the page opens from now on searched for banners; what is found is told to `banners`."""
    if consent is Consent.IGNORE:
        return
    if assets is None or not (folder := assets / CONSENT_FOLDER).is_dir():
        banners.note("cookie banners were left alone: the consent engine is not installed here")
        return
    engine = _Engine(consent, folder, banners)
    # Not in the background: a page that closes amid this call ends Playwright's connection, and all pages with it.
    await page.expose_binding(_BINDING, engine.told)
    page.on("domcontentloaded", engine.enter_page)
    page.on("framenavigated", engine.enter_frame)
    page.on("framedetached", banners.left)


class _Engine:
    """Starts the engine in frames, while the page loads on: sending it takes as long as opening a small page."""

    def __init__(self, consent: Consent, folder: Path, banners: Banners) -> None:
        self._consent = consent
        self._folder = folder
        self._banners = banners
        self._script: str | None = None
        self._turn = asyncio.Lock()
        self._starts: set[asyncio.Task[None]] = set()

    def enter_page(self, page: Page) -> None:
        """Start the engine in the page's new document, which is there to its end but for pictures and the like."""
        self._enter(page.main_frame)

    def enter_frame(self, frame: Frame) -> None:
        """Start the engine in the new document of a frame in the page."""
        if frame.parent_frame:
            self._enter(frame)

    def told(self, source: dict[str, Any], message: object) -> None:
        """Take in what the engine in a frame says."""
        self._banners.told(source["frame"], self._consent, message)

    def _enter(self, frame: Frame) -> None:
        if frame.url.startswith("http"):
            self._banners.searching(frame)
            start = asyncio.ensure_future(self._start(frame))
            self._starts.add(start)
            start.add_done_callback(self._starts.discard)

    async def _start(self, frame: Frame) -> None:
        try:
            await asyncio.sleep(START_SECONDS)
            async with self._turn:
                if self._script is None:
                    self._script = await asyncio.to_thread(_script, self._consent, self._folder)
                looked = frame.evaluate(self._script)
            await looked
        except PlaywrightError:
            # The frame is gone, or shows another document already, for which there is another start.
            return
        finally:
            self._banners.searched(frame)


def _script(consent: Consent, folder: Path) -> str:
    # The compact rules are a third of the size, and don't say how to accept.
    rules = "rules.json" if consent is Consent.ACCEPT else "compact-rules.json"
    return _START % {
        "binding": json.dumps(_BINDING),
        "engine": (folder / "autoconsent.cjs.js").read_text(encoding="utf-8"),
        "action": json.dumps(_ACTIONS[consent]),
        # A string is read faster than an object of this size.
        "rules": json.dumps((folder / rules).read_text(encoding="utf-8")),
    }

"""Lets DuckDuckGo's autoconsent deal with cookie banners: one script in every frame, which says what it finds."""

import json
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from kubeshot_capture.assets import CONSENT_FOLDER
from kubeshot_capture.banners import Banners
from kubeshot_contract.options import Consent

_BINDING = "kubeshotConsent"
_ACTIONS = {Consent.DECLINE: "optOut", Consent.ACCEPT: "optIn", Consent.HIDE: None}

# Evaluated in every frame before any script of the page. The engine is CommonJS, and reports by messages. Its logs are
# off, for an error in the console can fail a capture, and nothing is hidden ahead of time, since that would be in the
# picture. It has no word for hiding: a banner that opens is hidden by the selectors of its rule.
_INIT = """(() => {
  const send = globalThis[%(binding)s];
  delete globalThis[%(binding)s];
  if (!location.protocol.startsWith('http')) return;
  const module = {exports: {}};
  %(engine)s
  const {default: AutoConsent, filterCompactRules} = module.exports;
  const action = %(action)s;
  let engine;
  const tell = (progress, manager) => { send({progress, manager}); };
  const hide = manager => {
    const known = engine.rules.find(rule => rule.name === manager);
    const texts = (known?.rule?.detectPopup ?? []).flatMap(step => [step.visible, step.waitForVisible, step.exists]);
    const selectors = [...(known?.prehideSelectors ?? []), ...texts.filter(text => typeof text === 'string')];
    const sheet = new CSSStyleSheet();
    selectors.forEach(selector => sheet.insertRule(`${selector} {display: none !important}`));
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    tell(selectors.length ? 'hidden' : 'failed', manager);
  };
  const receive = async ({type, cmp, result}) => {
    if (type === 'cmpDetected') tell('detected', cmp);
    if (type === 'popupFound') action ? tell('open', cmp) : hide(cmp);
    if (type === 'optOutResult' || type === 'optInResult') {
      tell(!result ? 'failed' : engine.foundCmp?.isCosmetic ? 'hidden' : 'answered', cmp);
    }
  };
  const rules = JSON.parse(%(rules)s);
  engine = new AutoConsent(receive);
  engine.initialize({
    autoAction: action,
    isMainWorld: true,
    enablePrehide: false,
    logs: {errors: false},
  }, rules.index
    ? {autoconsent: [], compact: filterCompactRules(rules, {url: location.href, mainFrame: window.top === window})}
    : rules);
})();"""


async def install(page: Page, consent: Consent, assets: Path | None, banners: Banners) -> None:
    """Add the engine to a page that has not been opened yet; what it finds is told to `banners`."""
    if consent is Consent.IGNORE:
        return
    if assets is None or not (folder := assets / CONSENT_FOLDER).is_dir():
        banners.note("cookie banners were left alone: the consent engine is not installed here")
        return

    def told(source: dict[str, Any], message: object) -> None:
        banners.told(source["frame"], consent, message)

    page.on("framenavigated", banners.left)
    page.on("framedetached", banners.left)
    await page.expose_binding(_BINDING, told)
    await page.add_init_script(_script(consent, folder))


def _script(consent: Consent, folder: Path) -> str:
    # The compact rules are a third of the size, and don't say how to accept.
    rules = "rules.json" if consent is Consent.ACCEPT else "compact-rules.json"
    return _INIT % {
        "binding": json.dumps(_BINDING),
        "engine": (folder / "autoconsent.cjs.js").read_text(encoding="utf-8"),
        "action": json.dumps(_ACTIONS[consent]),
        # A string is read faster than an object of this size, and only where the engine runs.
        "rules": json.dumps((folder / rules).read_text(encoding="utf-8")),
    }

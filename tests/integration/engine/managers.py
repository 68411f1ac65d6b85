"""Pages with cookie banners, after the public markup of three consent managers.

The body is white, green when all is accepted and blue when all is declined. The banner is red and at the bottom.
"""

_PAGE = """<!doctype html><title>asked</title><style>
  body {{ margin: 0; height: 2000px; background: white; }}
  {banner} {{ position: fixed; left: 0; right: 0; bottom: 0; height: 100px; background: red; z-index: 9999; }}
</style><p>An article.</p>{markup}<script>
  const answer = (words, colour) => {{
    document.title = words;
    document.body.style.background = colour;
    {close}
  }};
  const accept = () => answer('accepted', 'lime'), decline = () => answer('declined', 'blue');
  {script}
</script>"""

ONE_TRUST = _PAGE.format(
    banner="#onetrust-banner-sdk",
    markup="""<div id="onetrust-consent-sdk"><div class="onetrust-pc-dark-filter ot-hide" style="display: none"></div>
      <div id="onetrust-banner-sdk" class="otFlat bottom ot-wo-title" role="region" aria-label="Cookie banner">
        <div id="onetrust-policy"><div id="onetrust-policy-text">We use cookies.</div></div>
        <div id="onetrust-button-group"><button id="onetrust-pc-btn-handler">Cookies Settings</button>
          <button id="onetrust-reject-all-handler" onclick="decline()">Reject All</button>
          <button id="onetrust-accept-btn-handler" onclick="accept()">Accept All Cookies</button></div></div></div>""",
    close="document.getElementById('onetrust-banner-sdk').style.display = 'none';",
    script="",
)

# In a shadow root, with an API beside it.
USERCENTRICS = _PAGE.format(
    banner="#none-of-this",
    markup='<div id="usercentrics-root"></div>',
    close="document.getElementById('usercentrics-root').remove();",
    script="""
      const root = document.getElementById('usercentrics-root').attachShadow({mode: 'open'});
      root.innerHTML = `<style>[data-testid=uc-container] {
          position: fixed; left: 0; right: 0; bottom: 0; height: 100px; background: red;
        }</style><div data-testid="uc-container"><div data-testid="uc-default-banner">
        <button data-testid="uc-deny-all-button">Deny</button>
        <button data-testid="uc-accept-all-button">Accept All</button></div></div>`;
      root.querySelector('[data-testid=uc-deny-all-button]').onclick = decline;
      root.querySelector('[data-testid=uc-accept-all-button]').onclick = accept;
      let all = false;
      window.UC_UI = {
        isInitialized: () => true, closeCMP: () => true, areAllConsentsAccepted: () => all,
        acceptAllConsents: () => { all = true; accept(); return true; },
        denyAllConsents: () => { decline(); return true; },
      };""",
)

DIDOMI = _PAGE.format(
    banner="#didomi-notice",
    markup="""<div id="didomi-host" class="didomi-host"><div id="didomi-notice" class="didomi-regular-notice">
        <div class="didomi-notice-text">We and our partners use cookies.</div><div id="buttons">
          <button id="didomi-notice-learn-more-button">Learn more</button>
          <button id="didomi-notice-disagree-button" onclick="decline()">Disagree and close</button>
          <button id="didomi-notice-agree-button" onclick="accept()">Agree and close</button></div></div></div>""",
    close="document.getElementById('didomi-host').remove();",
    script="",
)

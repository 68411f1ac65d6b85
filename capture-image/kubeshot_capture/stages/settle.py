"""Waits until nothing moves any more: samples the page and lets `quiet` decide."""

import asyncio
from dataclasses import dataclass

from playwright.async_api import CDPSession

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.quiet import Sample, complaint, images_are_coming, is_settled, missing
from kubeshot_capture.roots import EAGER, ROOTS
from kubeshot_capture.stages.script import NoAnswerError, ask
from kubeshot_capture.tab import Tab
from kubeshot_contract.fields import Fields

POLL_SECONDS = 0.1
ANSWER_SECONDS = 2.0
# Most images are decoded by then: the first look need not take them for unrest.
DECODE_MS = 50

# Images: those within one window of what is shown, and for a full page all others that load by themselves. A lazy image
# out of reach never comes. decode() is asked for once per source: an image can be complete and still be painted late.
# Not for those that are far away: all of a tall page decoded at once are hundreds of megabytes, and Chromium decodes
# what a tile shows before it takes it.
# Animations: those that end. Scroll-driven ones have another timeline and end never or at once.
_SAMPLE = f"""async fullPage => {{{ROOTS}
  if (fullPage) {{{EAGER}}}
  const decoded = window[Symbol.for('kubeshot.decoded')] ??= new WeakMap();
  const near = image => {{
    const box = image.getBoundingClientRect();
    const view = image.ownerDocument.defaultView;
    return image.getClientRects().length > 0 && box.right > 0 && box.left < view.innerWidth
      && box.bottom > -view.innerHeight && box.top < 2 * view.innerHeight;
  }};
  const pending = image => {{
    if (!near(image) && (image.loading === 'lazy' || !fullPage)) return false;
    if (!image.complete) return true;
    if (image.naturalWidth === 0 || !near(image)) return false;
    let state = decoded.get(image);
    if (state?.source !== image.currentSrc) {{
      state = {{source: image.currentSrc, done: false}};
      decoded.set(image, state);
      const done = () => {{ state.done = true; }};
      state.decoding = image.decode().then(done, done);
    }}
    return !state.done;
  }};
  const images = roots.flatMap(root => [...root.querySelectorAll('img')]);
  const asked = images.filter(pending).map(image => decoded.get(image)?.decoding).filter(Boolean);
  if (asked.length) {{
    const patience = document.documentElement.animate([], {DECODE_MS});
    await Promise.race([Promise.all(asked), patience.finished]);
    patience.cancel();
  }}
  const finite = animation => animation.playState === 'running'
    && animation.timeline === animation.effect?.target?.ownerDocument.timeline
    && Number.isFinite(animation.effect.getComputedTiming().endTime);
  const count = found => roots.reduce((sum, root) => sum + found(root), 0);
  return {{
    fontsLoading: roots.some(root => root.fonts?.status === 'loading'),
    imagesPending: images.filter(pending).length,
    animationsRunning: count(root => root.getAnimations().filter(finite).length),
    height: Math.max(document.documentElement?.scrollHeight ?? 0, document.body?.scrollHeight ?? 0),
  }};
}}"""


@dataclass(frozen=True, slots=True)
class Settling:
    """How settling ended; the complaint is what still moved when time was up."""

    settled: bool
    complaint: str = ""


async def run(tab: Tab, full_page: bool, deadline: Deadline, last: Deadline | None = None) -> Settling:
    """Return as soon as the page was quiet through one whole window, or when the deadline has come.

    While images come in, one after the other, it is waited for them until the `last` deadline.
    """
    start, last = deadline.clock(), last or deadline
    session = await tab.session()
    samples: list[Sample] = []
    while True:
        limit = deadline if deadline.left() else last
        samples.append(await _sample(tab, session, full_page, start, limit))
        if is_settled(samples):
            return Settling(settled=not samples[-1].fonts_loading, complaint="fonts did not come within their time")
        if not deadline.left() and not (last.left() and images_are_coming(samples)):
            return Settling(settled=False, complaint=complaint(samples))
        await asyncio.sleep(min(POLL_SECONDS, missing(samples), last.left()))


async def _sample(tab: Tab, session: CDPSession, full_page: bool, start: float, deadline: Deadline) -> Sample:
    # Past the deadline there is still one look, so that the verdict can say what moved.
    seconds = max(POLL_SECONDS, min(ANSWER_SECONDS, deadline.left()))
    try:
        async with asyncio.timeout(seconds):
            page = Fields(await ask(tab.page, _SAMPLE, full_page, seconds))
            layouts = await _layouts(session)
    except (NoAnswerError, TimeoutError):
        page, layouts = None, 0
    activity = tab.traffic.activity()
    return Sample(
        at=deadline.clock() - start,
        requests_begun=activity.begun,
        requests_in_flight=activity.in_flight,
        fonts_loading=page.boolean("fontsLoading") if page else True,
        images_pending=page.integer("imagesPending") if page else 0,
        animations_running=page.integer("animationsRunning") if page else 0,
        height=page.integer("height") if page else 0,
        layouts=layouts,
        answered=page is not None,
    )


async def _layouts(session: CDPSession) -> int:
    count = await _layout_count(session)
    if count is None:
        # Not enabled yet, or forgotten by a page that went on to another document.
        await session.send("Performance.enable")
        count = await _layout_count(session)
    return count or 0


async def _layout_count(session: CDPSession) -> int | None:
    metrics = (await session.send("Performance.getMetrics"))["metrics"]
    return next((int(metric["value"]) for metric in metrics if metric["name"] == "LayoutCount"), None)

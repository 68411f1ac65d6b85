"""Waits until nothing moves any more: samples the page and lets `quiet` decide."""

import asyncio
from dataclasses import dataclass

from kubeshot_capture.browser import Tab
from kubeshot_capture.deadline import Deadline
from kubeshot_capture.quiet import Sample, complaint, is_settled
from kubeshot_capture.stages.script import NoAnswerError, ask
from kubeshot_contract.fields import Fields

POLL_SECONDS = 0.1
ANSWER_SECONDS = 2.0

# Images: those within one window of what is shown, and for a full page all others that load by themselves. A lazy image
# out of reach never comes. decode() is asked for once per source: an image can be complete and still be painted late.
# Animations: those that end. Scroll-driven ones have another timeline and end never or at once.
_SAMPLE = """fullPage => {
  const decoded = window[Symbol.for('kubeshot.decoded')] ??= new WeakMap();
  const near = image => {
    const box = image.getBoundingClientRect();
    return image.getClientRects().length > 0 && box.right > 0 && box.left < innerWidth
      && box.bottom > -innerHeight && box.top < 2 * innerHeight;
  };
  const pending = image => {
    if (!near(image) && (image.loading === 'lazy' || !fullPage)) return false;
    if (!image.complete) return true;
    if (image.naturalWidth === 0) return false;
    let state = decoded.get(image);
    if (state?.source !== image.currentSrc) {
      state = {source: image.currentSrc, done: false};
      decoded.set(image, state);
      const done = () => { state.done = true; };
      image.decode().then(done, done);
    }
    return !state.done;
  };
  const finite = animation => animation.playState === 'running' && animation.timeline === document.timeline
    && Number.isFinite(animation.effect?.getComputedTiming().endTime ?? Infinity);
  return {
    fontsLoading: document.fonts.status === 'loading',
    imagesPending: [...document.images].filter(pending).length,
    animationsRunning: document.getAnimations().filter(finite).length,
    height: Math.max(document.documentElement?.scrollHeight ?? 0, document.body?.scrollHeight ?? 0),
  };
}"""


@dataclass(frozen=True, slots=True)
class Settling:
    """How settling ended; the complaint is what still moved when time was up."""

    settled: bool
    complaint: str = ""


async def run(tab: Tab, full_page: bool, deadline: Deadline) -> Settling:
    """Return as soon as the page was quiet through one whole window, or when the deadline has come."""
    start = deadline.clock()
    samples: list[Sample] = []
    while True:
        samples.append(await _sample(tab, full_page, start, deadline))
        if is_settled(samples):
            return Settling(settled=not samples[-1].fonts_loading, complaint="fonts did not come within their time")
        if deadline.left() == 0.0:
            return Settling(settled=False, complaint=complaint(samples))
        await asyncio.sleep(min(POLL_SECONDS, deadline.left()))


async def _sample(tab: Tab, full_page: bool, start: float, deadline: Deadline) -> Sample:
    try:
        # Past the deadline there is still one look, so that the verdict can say what moved.
        page = Fields(await ask(tab.page, _SAMPLE, full_page, max(POLL_SECONDS, min(ANSWER_SECONDS, deadline.left()))))
    except NoAnswerError:
        page = None
    activity = tab.traffic.activity()
    return Sample(
        at=deadline.clock() - start,
        requests_begun=activity.begun,
        requests_in_flight=activity.in_flight,
        fonts_loading=page.boolean("fontsLoading") if page else True,
        images_pending=page.integer("imagesPending") if page else 0,
        animations_running=page.integer("animationsRunning") if page else 0,
        height=page.integer("height") if page else 0,
        answered=page is not None,
    )

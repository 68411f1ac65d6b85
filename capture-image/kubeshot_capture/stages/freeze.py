"""Holds the page still, so that every output shows the same moment."""

from kubeshot_capture.deadline import Deadline
from kubeshot_capture.roots import ROOTS, TWO_FRAMES
from kubeshot_capture.stages.script import NoAnswerError, ask
from kubeshot_capture.tab import Tab
from kubeshot_contract.result import Outcome

# Two frames, first, where there are animations: one that Chromium's compositor has been running alone goes on being
# shown where it was when its time is set back before the page has drawn.
#
# Animations are held by a style sheet: for a full page Chromium makes the window one pixel wide for a moment, and what
# a query for the window's width had started would start again, invisible. Without a duration it is at its end at once.
# Endless animations stand at their start by a style of their element, and those that follow the scrolling stay.
_HOLD = f"""async () => {{{ROOTS}
  const mark = Symbol.for('kubeshot.held');
  const text = '*, ::before, ::after {{ transition: none !important; animation-duration: 0s !important;'
    + ' animation-delay: 0s !important }}';
  const adopt = root => {{
    const owner = root.ownerDocument ?? root;
    if (!owner[mark]) (owner[mark] = new owner.defaultView.CSSStyleSheet()).replaceSync(text);
    if (!root.adoptedStyleSheets.includes(owner[mark])) {{
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, owner[mark]];
    }}
  }};
  const keep = target => {{
    const style = target.ownerDocument.defaultView.getComputedStyle(target);
    const lists = name => style[name].split(', ');
    const names = lists('animationName');
    const read = name => names.map((_, index) => lists(name)[index % lists(name).length]);
    const [durations, delays, states] = ['Duration', 'Delay', 'PlayState'].map(name => read('animation' + name));
    const timed = read('animationTimeline').map(timeline => timeline === 'auto');
    const stays = read('animationIterationCount').map((count, index) => count === 'infinite' || !timed[index]);
    const set = (property, values) => target.style.setProperty(property, values.join(', '), 'important');
    set('animation-duration', durations.map((duration, index) => stays[index] ? duration : '0s'));
    set('animation-delay', delays.map((delay, index) => stays[index] ? delay : '0s'));
    set('animation-play-state', states.map((state, index) => stays[index] && timed[index] ? 'paused' : state));
  }};
  const isEndless = animation => animation.effect.getComputedTiming().endTime === Infinity;
  const isTimed = animation => animation.timeline === animation.effect.target?.ownerDocument.timeline;
  const hold = animation => {{
    if (!isTimed(animation)) return;
    if (isEndless(animation)) {{
      animation.pause();
      animation.currentTime = 0;
    }} else if (animation.playState === 'running' && animation.playbackRate !== 0) {{
      animation.finish();
    }}
  }};
  if (roots.some(root => root.getAnimations().length)) {{
    {TWO_FRAMES}
  }}
  for (const root of roots) {{
    const animations = root.getAnimations().filter(animation => animation.effect?.target);
    new Set(animations.filter(animation => animation.animationName && !animation.effect.pseudoElement
      && (isEndless(animation) || !isTimed(animation))).map(animation => animation.effect.target)).forEach(keep);
    animations.forEach(hold);
    adopt(root);
    root.activeElement?.style?.setProperty('caret-color', 'transparent', 'important');
    root.querySelectorAll('video, audio').forEach(media => media.pause());
  }}
}}"""


async def run(tab: Tab, deadline: Deadline) -> Outcome:
    """Bring animations to their ends, endless ones to their start; pause videos and hide the caret."""
    try:
        await ask(tab.page, _HOLD, None, deadline.left())
    except NoAnswerError:
        # Who takes the picture asks again, and fails if there is still no answer.
        return Outcome.TIMED_OUT
    return Outcome.SETTLED

"""Gives a page a time and a chance of its own, so that it looks the same whenever it is captured.

Time begins at the given moment. It goes on inside timers and animation frames only, in steps of what they waited for,
so that animations by script come to their ends, and in each chain of them no further than a horizon. Not covered:
workers, video and animated images, what a script counts by timers or asks of document.timeline, and the order in which
answers come from the network.
"""

import asyncio
import json
from datetime import datetime

from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame, Page

from kubeshot_capture.failures import CaptureError
from kubeshot_contract.reasons import Reason

# Longer than what moves in when a page opens.
HORIZON_MS = 2000
# Frames that wait for the end: what came late, such as a picture for a canvas, has to be drawn too.
_LAST_MS = 400
_BEFORE_LAST_MS = 800
# For frames that draw slowly.
_FINISH_SECONDS = 2.0

# Playwright's own clock was tried: with a fixed time it gives frames the real one, and what measures how long it has
# been moving by Date.now() never arrives; without one, nothing is the same twice.
_SCRIPT = r"""(({moment, limit, finishMs}) => {
  const {setTimeout: later, setInterval: repeat, clearTimeout: forget, requestAnimationFrame: paint,
    cancelAnimationFrame: unpaint, Date: RealDate, MessageChannel: Channel} = window;
  const realNow = performance.now.bind(performance);
  // Zero is what scripts take for "not started yet".
  const opened = 100, frame = 1000 / 60, patience = 10000;

  // What runs now: since when its chain has been running, in milliseconds. Everything else runs at the beginning.
  let time = 0, looks = 0;
  const begin = at => { time = at; looks = 0; };
  // A loop that waits for time to pass would wait for ever.
  const elapsed = () => { if (++looks > patience) time += 1; return time; };
  const now = () => moment + Math.floor(elapsed());

  // Promises of a callback belong to its chain, so many of them one after the other; the next task does not.
  const promises = 50;
  const leave = left => { left ? queueMicrotask(() => leave(left - 1)) : begin(0); };
  const call = (at, callback, given) => {
    begin(Math.min(at, limit));
    queueMicrotask(() => leave(promises));
    callback.apply(window, given);
  };
  const pending = new Map();

  window.setTimeout = function setTimeout(callback, delay = 0, ...given) {
    if (typeof callback !== 'function') return later(callback, delay, ...given);
    const at = time + Math.max(1, Number(delay) || 0);
    const run = () => { pending.delete(id); forget(id); call(at, callback, given); };
    const id = later(run, delay);
    pending.set(id, {at, run});
    return id;
  };
  window.setInterval = function setInterval(callback, delay = 0, ...given) {
    if (typeof callback !== 'function') return repeat(callback, delay, ...given);
    const step = Math.max(1, Number(delay) || 0);
    const entry = {at: time + step, run: () => { entry.at += step; call(entry.at - step, callback, given); }};
    const id = repeat(() => entry.run(), delay);
    pending.set(id, entry);
    return id;
  };
  window.clearTimeout = window.clearInterval = function clearTimeout(id) { pending.delete(id); forget(id); };

  let frames = 0;
  window.requestAnimationFrame = function requestAnimationFrame(callback) {
    const id = ++frames, key = `frame ${id}`, at = time + frame;
    const entry = {at, run: () => { pending.delete(key); unpaint(entry.handle); call(at, callback, [opened + at]); }};
    pending.set(key, entry);
    if (at <= limit) entry.handle = paint(() => entry.run());
    return id;
  };
  window.cancelAnimationFrame = function cancelAnimationFrame(id) {
    unpaint(pending.get(`frame ${id}`)?.handle);
    pending.delete(`frame ${id}`);
  };

  const nextTask = () => new Promise(done => {
    const {port1, port2} = new Channel();
    port1.onmessage = done;
    port2.postMessage(0);
  });
  // Runs what is due until then at once, in its order; says whether it could.
  const finish = async until => {
    limit = until;
    const start = realNow();
    while (realNow() - start < finishMs) {
      const due = [...pending.values()].filter(({at}) => at <= limit).sort((one, other) => one.at - other.at);
      if (!due.length) return true;
      const at = due[0].at;
      for (const entry of due) {
        if (entry.at !== at) break;
        try { entry.run(); } catch (error) { later(() => { throw error; }); }
        await nextTask();
      }
      begin(0);
    }
    return false;
  };
  Object.defineProperty(window, Symbol.for('kubeshot.clock'), {value: finish});

  window.Date = new Proxy(RealDate, {
    construct: (target, given, by) => Reflect.construct(target, given.length ? given : [now()], by),
    apply: target => new target(now()).toString(),
  });
  RealDate.now = now;
  RealDate.prototype.constructor = window.Date;
  Performance.prototype.now = () => opened + elapsed();
  Object.defineProperty(Performance.prototype, 'timeOrigin', {get: () => moment - opened, configurable: true});

  const form = Intl.DateTimeFormat.prototype;
  const {get: format} = Object.getOwnPropertyDescriptor(form, 'format');
  const {formatToParts} = form;
  Object.defineProperty(form, 'format', {configurable: true, get() {
    const bound = format.call(this);
    return (date = now()) => bound(date);
  }});
  form.formatToParts = function(date = now()) { return formatToParts.call(this, date); };
  if (window.Temporal) {
    const {Instant, Now} = Temporal;
    const here = zone => Instant.fromEpochMilliseconds(now()).toZonedDateTimeISO(zone ?? Now.timeZoneId());
    Object.assign(Now, {
      instant: () => Instant.fromEpochMilliseconds(now()),
      zonedDateTimeISO: here,
      plainDateTimeISO: zone => here(zone).toPlainDateTime(),
      plainDateISO: zone => here(zone).toPlainDate(),
      plainTimeISO: zone => here(zone).toPlainTime(),
    });
  }

  // mulberry32 by Tommy Ettinger, in the public domain.
  let state = 0x6b756265;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const fill = view => {
    const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    for (let place = 0; place < bytes.length; place++) bytes[place] = random() * 256;
    return view;
  };
  Math.random = random;
  Crypto.prototype.getRandomValues = fill;
  if (Crypto.prototype.randomUUID) Crypto.prototype.randomUUID = () => {
    const bytes = fill(new Uint8Array(16));
    bytes[6] = bytes[6] & 15 | 64;
    bytes[8] = bytes[8] & 63 | 128;
    const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  };
})"""

_FINISH = "until => window[Symbol.for('kubeshot.clock')]?.(until) ?? true"


def milliseconds(moment: str) -> int:
    """Return a moment in RFC 3339 as milliseconds since 1970; raise `CaptureError` when it is none."""
    try:
        parsed = datetime.fromisoformat(moment.upper())
    except ValueError as error:
        raise _no_moment(moment) from error
    if parsed.tzinfo is None:
        raise _no_moment(moment)
    return round(parsed.timestamp() * 1000)


def _no_moment(moment: str) -> CaptureError:
    sentence = f"emulate.clock is {moment}: write a moment such as 2026-01-01T00:00:00Z"
    return CaptureError(Reason.INVALID_REQUEST, sentence)


class PageClock:
    """The time of one page and of all frames in it."""

    def __init__(self, moment: int, horizon_ms: int) -> None:
        """Take the moment in milliseconds since 1970, and how long a chain of timers and frames may go on."""
        self._moment = moment
        self._horizon_ms = horizon_ms

    async def install(self, page: Page) -> None:
        """Set the time of every document that this page will show."""
        limit = self._horizon_ms - _BEFORE_LAST_MS
        given = {"moment": self._moment, "limit": limit, "finishMs": _FINISH_SECONDS * 1000}
        await page.add_init_script(f"{_SCRIPT}({json.dumps(given)})")

    async def advance(self, page: Page, *, last: bool) -> bool:
        """Let time go on at once, to the horizon or, before the `last` time, close to it; say whether it got there."""
        until = self._horizon_ms - (0 if last else _LAST_MS)
        reached = await asyncio.gather(*(_finish(frame, until) for frame in page.frames))
        return all(reached)


async def _finish(frame: Frame, until: int) -> bool:
    try:
        async with asyncio.timeout(2 * _FINISH_SECONDS):
            return bool(await frame.evaluate(_FINISH, until))
    except TimeoutError:
        return False
    except PlaywrightError:
        # The frame went away, or on to another document.
        return True

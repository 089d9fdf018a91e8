"""The one event loop of this process, in a thread of its own, for synchronous callers; its pools live as long."""

import asyncio
import logging
import os
import sys
import threading
import traceback
from collections.abc import Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")

logger = logging.getLogger(__name__)


class _LoopThread:
    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        # Debug mode writes arguments, and so endpoints, into the log.
        self.loop.set_debug(False)
        self.loop.set_exception_handler(_log_without_arguments)
        self.thread = threading.Thread(target=self._run, name="push-loop", daemon=True)
        self.thread.start()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        while True:
            try:
                self.loop.run_forever()
            except (KeyboardInterrupt, SystemExit):
                # asyncio lets these through when a coroutine raises them. The caller gets them by its future, which
                # needs the loop to go on.
                continue


class _Call(Generic[T]):
    """One coroutine that somebody waits for; both methods run on the loop's thread."""

    def __init__(self, coroutine: Coroutine[Any, Any, T]) -> None:
        self._coroutine = coroutine
        self._task: asyncio.Task[Any] | None = None
        self._abandoned = False

    async def execute(self) -> T:
        if self._abandoned:
            raise asyncio.CancelledError
        self._task = asyncio.current_task()
        return await self._coroutine

    def abandon(self) -> None:
        self._abandoned = True
        if self._task is None:
            self._coroutine.close()
        else:
            self._task.cancel()


_lock = threading.Lock()
_current: _LoopThread | None = None
# Loops of a parent process: their threads are not here, and closing them would touch what the parent uses.
_inherited: list[_LoopThread] = []


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Runs the coroutine on the process's event loop and waits for its result, or raises its exception.

    When the waiting thread is interrupted (KeyboardInterrupt, SystemExit), the coroutine is cancelled.
    Raises RuntimeError when called from the loop itself, which would wait for ever.
    """
    background = _background()
    if threading.current_thread() is background.thread:
        coroutine.close()
        raise RuntimeError("run() was called from the event loop that it waits for")
    call = _Call(coroutine)
    try:
        return asyncio.run_coroutine_threadsafe(call.execute(), background.loop).result()
    except BaseException:
        # Not by the future: an interruption may come when the work has begun and its future is not in hand yet.
        background.loop.call_soon_threadsafe(call.abandon)
        raise


def _background() -> _LoopThread:
    global _current
    with _lock:
        if _current is None:
            _current = _LoopThread()
        return _current


def _forget_after_fork() -> None:
    global _current, _lock
    # Whoever held the lock at the fork does not exist in the child.
    _lock = threading.Lock()
    if _current is not None:
        _inherited.append(_current)
        _current = None


def _log_without_arguments(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # At the end of the process the pools are dropped as they are, the operating system closes the connections.
    if sys.is_finalizing():
        return
    # asyncio's own handler writes the repr of what was involved, and a response's repr has its URL.
    exception = context.get("exception")
    if exception is None:
        logger.warning("the push loop reported trouble without an exception")
        return
    frames = traceback.extract_tb(exception.__traceback__)
    where = f"{frames[-1].name}:{frames[-1].lineno}" if frames else "nowhere"
    logger.error("%s in the push loop, at %s", type(exception).__name__, where)


os.register_at_fork(after_in_child=_forget_after_fork)

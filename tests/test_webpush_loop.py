"""The event loop of the process: results, exceptions, interruption, forks, and what it imports."""

import asyncio
import logging
import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mobilise.webpush import loop
from tests.push_service.client import PushService
from tests.push_service.senders import make_transport


async def loop_and_thread() -> tuple[int, str]:
    await asyncio.sleep(0)
    return id(asyncio.get_running_loop()), threading.current_thread().name


def test_it_gives_the_result():
    async def add(a: int, b: int) -> int:
        await asyncio.sleep(0.01)
        return a + b

    assert loop.run(add(2, 3)) == 5


@pytest.mark.parametrize("exception", [LookupError, KeyboardInterrupt, SystemExit, asyncio.CancelledError])
def test_it_raises_what_the_coroutine_raised_and_goes_on(exception: type[BaseException]):
    async def fail() -> None:
        raise exception("no such thing")

    expected = (exception, TimeoutError) if exception is not asyncio.CancelledError else BaseException
    before = loop.run(loop_and_thread())

    with pytest.raises(expected):
        loop.run(fail())

    assert loop.run(loop_and_thread()) == before


def test_all_threads_share_one_loop():
    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(lambda _: loop.run(loop_and_thread()), range(40)))

    assert len(set(seen)) == 1
    assert seen[0][1] == "push-loop"


def test_coroutines_of_several_threads_run_side_by_side():
    started = time.monotonic()

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda _: loop.run(asyncio.sleep(0.5)), range(10)))

    assert time.monotonic() - started < 4


def test_waiting_for_itself_is_refused():
    async def wait_for_itself() -> None:
        loop.run(asyncio.sleep(0))

    with pytest.raises(RuntimeError, match="waits for"):
        loop.run(wait_for_itself())


@pytest.mark.parametrize("exception", [KeyboardInterrupt, SystemExit])
def test_an_interrupted_wait_cancels_the_coroutine(exception: type[BaseException]):
    ended = threading.Event()
    started = threading.Event()

    async def work() -> None:
        try:
            started.set()
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            ended.set()
            raise

    def interrupt(number: int, frame: object) -> None:
        raise exception

    def send_signal() -> None:
        started.wait(5)
        time.sleep(0.2)  # by then the main thread waits
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGUSR1)

    before = signal.signal(signal.SIGUSR1, interrupt)
    try:
        threading.Thread(target=send_signal).start()
        with pytest.raises(exception):
            loop.run(work())
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert ended.wait(5)


def test_connections_live_from_one_call_to_the_next(push_service: PushService):
    transport = make_transport(push_service)
    endpoints = [push_service.subscribe().endpoint for _ in range(3)]

    statuses = [loop.run(transport.post(endpoint, {}, b"x")).status for endpoint in endpoints]
    loop.run(transport.close())

    assert statuses == [201, 201, 201]
    assert push_service.connections() == 1


def test_a_forked_child_has_a_loop_and_connections_of_its_own(push_service: PushService):
    transport = make_transport(push_service)
    endpoint = push_service.subscribe().endpoint
    assert loop.run(transport.post(endpoint, {}, b"x")).status == 201

    child = os.fork()
    if child == 0:
        status = 1
        # Should it wait for the parent's loop, which does not run here, the test fails instead of hanging.
        signal.alarm(30)
        try:
            # Twice: the second on the connection of the first.
            statuses = [loop.run(transport.post(endpoint, {}, b"x")).status for _ in range(2)]
            status = 0 if statuses == [201, 201] else 2
        finally:
            os._exit(status)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    # The parent's connection was left alone by the child and its end.
    assert loop.run(transport.post(endpoint, {}, b"x")).status == 201
    loop.run(transport.close())
    connections = [request.connection for request in push_service.received()]
    assert connections == [connections[0], connections[1], connections[1], connections[0]]
    assert push_service.connections() == 2


def test_trouble_on_the_loop_is_logged_without_arguments(caplog: pytest.LogCaptureFixture):
    def fail(argument: str) -> None:
        raise LookupError(argument)

    async def fail_later() -> None:
        asyncio.get_running_loop().call_soon(fail, "secret-token")
        await asyncio.sleep(0.01)

    with caplog.at_level(logging.DEBUG):
        loop.run(fail_later())

    assert "LookupError in the push loop, at fail:" in caplog.text
    assert "secret-token" not in caplog.text


def run_python(source: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", textwrap.dedent(source)], capture_output=True, text=True, timeout=30)


def test_a_process_with_open_connections_ends_at_once_and_in_silence(push_service: PushService):
    ended = run_python(f"""
        from mobilise.webpush.endpoints import EndpointPolicy
        import asyncio
        from mobilise.webpush import loop
        from mobilise.webpush.loop import run
        from mobilise.webpush.transport import Transport
        transport = Transport(EndpointPolicy({push_service.hosts!r}), ca_file={push_service.ca_file!r})
        print(run(transport.post({push_service.subscribe().endpoint!r}, {{}}, b"x")).status)
        asyncio.run_coroutine_threadsafe(asyncio.sleep(60), loop._background().loop)
        """)

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "201\n", "")


def test_the_package_needs_no_django():
    ended = run_python("""
        import importlib, pkgutil, sys
        import mobilise.webpush
        names = [module.name for module in pkgutil.iter_modules(mobilise.webpush.__path__, "mobilise.webpush.")]
        for name in names:
            importlib.import_module(name)
        print(len(names), "django" in sys.modules, "rest_framework" in sys.modules)
        """)

    assert ended.stderr == ""
    modules = len(list(Path(loop.__file__).parent.glob("*.py"))) - 1
    assert ended.stdout == f"{modules} False False\n"

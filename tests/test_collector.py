"""A process that has started looks for garbage again, but no more through what it imported."""

import subprocess
import sys

import pytest

from tests.delivering import ROOT

ASK = "import gc; print(gc.isenabled(), gc.get_freeze_count() > 50_000)"


@pytest.mark.parametrize("start", [["manage.py", "shell", "-v0", "-c", ASK], ["-c", f"import mobilise.wsgi; {ASK}"]])
def test_it_rests_while_a_process_starts_and_no_longer(start: list[str]) -> None:
    command = [sys.executable, *start]
    assert subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True).stdout == "True True\n"

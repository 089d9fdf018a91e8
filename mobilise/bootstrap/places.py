"""Where things lie in the tree."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
REQUIREMENTS = ROOT / "requirements"
FRONTEND = ROOT / "frontend"


def log_file() -> Path:
    """Where the words of pip and npm go."""
    return Path(os.environ.get("VAR_DIR", ROOT / "var")).resolve() / "setup.log"

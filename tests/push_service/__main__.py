"""Starts the push service: `python -m tests.push_service FOLDER`."""

import asyncio
import sys
from pathlib import Path

from tests.push_service.server import PushServer

if __name__ == "__main__":
    asyncio.run(PushServer(Path(sys.argv[1])).run())

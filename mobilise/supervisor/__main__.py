"""`python -m mobilise.supervisor`: the whole site with the packages of this interpreter."""

import signal
import sys

from mobilise.supervisor.address import Address
from mobilise.supervisor.console import Console
from mobilise.supervisor.refusal import Refusal
from mobilise.supervisor.run_lock import hold_lock
from mobilise.supervisor.site import serve, var_directory


def main() -> int:
    """Refuses before anything is started, or runs until asked to stop. Exit status."""
    console, var = Console(), var_directory()
    # Until the services run, SIGTERM is a Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        address = Address.from_environment()
        with hold_lock(var):
            address.require_free()
            return serve(sys.executable, address, var, console)
    except Refusal as refusal:
        sys.stderr.write(f"{refusal}\n")
        return 1
    except KeyboardInterrupt:
        console.say("Stopped.")
        return 130


if __name__ == "__main__":
    sys.exit(main())

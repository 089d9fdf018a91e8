"""`python3 -m mobilise.bootstrap TASK`: what the Makefile calls. An old Python must get as far as the first check."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # whoever comes with an older one is told so
    sys.exit(
        "Python 3.11 or newer is needed, this is {}.{}: install one and name it: PYTHON=python3.12 make run".format(
            *sys.version_info
        )
    )

from mobilise.bootstrap.tasks import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Command line of the embedded servers: `python -m incentives.embedded start|stop|status`."""

import sys
from collections.abc import Callable

from incentives.embedded import EmbeddedServerError, ensure, status, stop


def main(arguments: list[str]) -> int:
    """Command line: start, stop or status."""
    actions: dict[str, Callable[[], object]] = {
        "start": ensure,
        "stop": stop,
        "status": lambda: print(status()),
    }
    if len(arguments) != 1 or arguments[0] not in actions:
        print("usage: python -m incentives.embedded start|stop|status", file=sys.stderr)
        return 2
    try:
        actions[arguments[0]]()
    except EmbeddedServerError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

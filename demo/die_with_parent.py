"""Becomes another program that the kernel kills as soon as the process that started it is gone.

Run as `python -m demo.die_with_parent PARENT_PID PROGRAM ARGUMENTS…`. Cleaning up in the parent is not
enough: a parent that is killed outright cleans up nothing. Only Linux offers this; elsewhere the program
simply runs.
"""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Replaces this process by the program in its arguments."""
    parent, program, *arguments = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != int(parent):  # it died before the kernel was told
            sys.exit(1)
    os.execv(program, [program, *arguments])  # noqa: S606 - the program is chosen by the demo, there is no shell


if __name__ == "__main__":
    main()

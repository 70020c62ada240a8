"""How much memory a process has taken."""

import re
from pathlib import Path


def peak_rss_mb() -> int:
    """The largest resident memory of this program, in MiB. Only Linux tells it.

    Not `ru_maxrss`: that counts what the parent had before this program took its place.
    """
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    if found is None:
        raise RuntimeError("the kernel does not tell how much memory the process had at most")
    return int(found[1]) // 1024

"""A process that outlives a run of pytest by a moment: it ends the servers of the run, and removes what they left.

`python -m tests.servers.watcher FOLDER` waits until its standard input closes. That happens as soon as the process at the other
end is gone, be it that pytest was done, was interrupted or killed.
"""

import shutil
import signal
import sys
from pathlib import Path

from tests.servers.processes import end


def clear(session: Path) -> None:
    """End all servers of a session at once, and remove its folder. Nothing left there: nothing to do."""
    for folder in session.glob("*/"):
        end(folder, signal.SIGQUIT)
    shutil.rmtree(session, ignore_errors=True)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    clear(Path(sys.argv[1]))

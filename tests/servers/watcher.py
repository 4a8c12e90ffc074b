"""A process that outlives a run of pytest by a moment: it ends the servers of the run, and removes what they left.

`python -m tests.servers.watcher FOLDER` waits until its standard input closes, which happens as soon as the process at the other end is gone,
be it that pytest was done, failed, was interrupted or killed.
"""

import shutil
import signal
import sys
from pathlib import Path

from tests.servers.processes import end


def main(session: Path) -> None:
    """Wait for the end of the run, and clear up after it."""
    sys.stdin.buffer.read()
    for folder in session.iterdir():
        end(folder, signal.SIGQUIT)
    shutil.rmtree(session, ignore_errors=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

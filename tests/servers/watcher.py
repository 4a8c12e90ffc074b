"""A process that outlives a run of pytest by a moment: it ends the servers of the run, and removes what they left.

`python -m tests.servers.watcher FOLDER` waits until its standard input closes. That happens as soon as the process at the other
end is gone, be it that pytest was done, was interrupted or killed.
"""

import shutil
import sys
from pathlib import Path

from tests.servers.processes import end


def clear(session: Path) -> None:
    """End all servers of a session at once, and remove its folder. Nothing left there: nothing to do."""
    ended = session.with_name(f"{session.name}-ended")
    try:
        session.rename(ended)  # a worker that has not noticed yet can start nothing more here
    except FileNotFoundError:
        return
    for folder in ended.glob("*/"):
        end(folder, "SIGQUIT")
    shutil.rmtree(ended, ignore_errors=True)


if __name__ == "__main__":
    sys.stdin.buffer.read()
    clear(Path(sys.argv[1]))

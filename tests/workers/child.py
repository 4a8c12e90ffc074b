"""A process that a supervisor keeps: it says over a socket that it is at work, and that it goes home.

python -m tests.workers.child PORT (works | falls | stays)
"""

from __future__ import annotations

import os
import socket
import sys
import threading

from workers.supervisor import stop_with_stdin


def main(port: str, habit: str) -> None:
    """Falls over at once, works until its standard input closes, or stays even then."""
    with socket.create_connection(("127.0.0.1", int(port))) as line:
        line.sendall(f"{os.getpid()}\n".encode())
        if habit == "falls":
            sys.exit(3)
        stopping = threading.Event()
        if habit == "works":
            stop_with_stdin(stopping)
        stopping.wait()
        line.sendall(b"went home\n")


if __name__ == "__main__":
    main(*sys.argv[1:])

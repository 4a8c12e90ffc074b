"""python -m workers.cli, for the processes that `up` starts."""

from workers.cli.app import main

main()

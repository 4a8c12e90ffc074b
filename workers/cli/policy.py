"""policy: what the machine may release alone, what always goes to a person, and by which rules."""

from __future__ import annotations

from pipeline.release.policy import explained
from workers.cli.common import DEFAULT_HOME, AsJson, Home, ending_well, open_practice, out, print_json


def policy(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """Show what the machine may release alone, what always goes to a person, and by which rules."""
    with ending_well():
        _, settings = open_practice(home)
        for told in explained(settings.policy):
            if as_json:
                print_json([{"setting": f"policy.{told.setting}", "value": str(told.value), "means": told.means}])
            else:
                out.print(f"{told.setting} = {told.value}", markup=False)

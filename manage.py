#!/usr/bin/env python
"""Django's command line. Where no servers are configured or running, it runs the embedded ones meanwhile."""

import os
import sys
from contextlib import nullcontext

from django.core.management import execute_from_command_line

from backoffice.embedded.errors import CannotStart
from backoffice.embedded.instance import needs_postgres, needs_valkey, servers_for_command

WITHOUT_SERVERS = {
    "collectstatic",
    "compilemessages",
    "document_configuration",
    "help",
    "makemessages",
    "translations",
    "version",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backoffice.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command == "qcluster" and "--name" in sys.argv[:-1]:
        # django-q2 reads its cluster's name once, at import; its own option comes too late.
        os.environ["Q_CLUSTER_NAME"] = sys.argv[sys.argv.index("--name") + 1]
    servers = (
        servers_for_command(command)
        if (needs_postgres() or needs_valkey()) and command not in WITHOUT_SERVERS
        else nullcontext()
    )
    try:
        with servers:
            execute_from_command_line(sys.argv)
    except CannotStart as problem:
        sys.exit(f"\n{problem}")


if __name__ == "__main__":
    main()

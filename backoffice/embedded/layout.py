"""Where an embedded instance keeps its things, and the secrets it made for itself."""

import hashlib
import json
import os
import secrets
import shutil
import stat
import tempfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from backoffice.embedded.errors import CannotStart

PROJECT = Path(__file__).resolve().parents[2]
DATABASE = "zetutech"
SIMULATORS = ("mpesa", "mixx", "airtel", "vfd", "segment", "mixpanel")
"""The providers that can be simulated; their ports follow each other in this order."""
SOCKET_PATH_MAX = 107
"""The kernel's limit on the path of a unix socket, in bytes."""
_LONGEST_SOCKET_NAME = ".s.PGSQL.5432.lock"


@dataclass(frozen=True)
class Layout:
    """The directories of one instance; `data` is .data/ for `make run`, something below it for tests."""

    data: Path

    @classmethod
    def of_project(cls) -> "Layout":
        """BACKOFFICE_DATA moves the whole instance, for instance to a faster disk."""
        return cls(Path(os.environ.get("BACKOFFICE_DATA") or PROJECT / ".data").resolve())

    @property
    def postgres(self) -> Path:
        return self.data / "postgres"

    @property
    def valkey(self) -> Path:
        return self.data / "valkey"

    @property
    def logs(self) -> Path:
        return self.data / "logs"

    @property
    def lock(self) -> Path:
        return self.data / "instance.lock"

    @property
    def logins(self) -> Path:
        """Who may sign in to the demo marketplace, as text for people."""
        return self.data / "logins.txt"

    @property
    def half_made(self) -> Path:
        """Is there while the demo marketplace is made: what lies beside it is then worth nothing yet."""
        return self.data / "demo-half-made"

    @property
    def users_lock(self) -> Path:
        return self.data / "users.lock"

    @property
    def postgres_socket(self) -> Path:
        return self._socket_directory("pg")

    @property
    def valkey_socket(self) -> Path:
        return self._socket_directory("vk") / "valkey.sock"

    def _socket_directory(self, name: str) -> Path:
        """Beside the data, or under the temporary directory when the project lies too deep for a socket."""
        directory = self.data / "run" / name
        if len(bytes(directory / _LONGEST_SOCKET_NAME)) <= SOCKET_PATH_MAX:
            return directory
        digest = hashlib.sha256(bytes(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"zetutech-{os.geteuid()}-{digest}" / name

    def prepare(self) -> None:
        """Make the directories; refuse one that somebody else made where anybody may."""
        try:
            self.data.mkdir(parents=True, exist_ok=True)
            for directory in (self.logs, self.valkey):
                directory.mkdir(mode=0o700, exist_ok=True)
        except OSError as error:
            raise CannotStart(
                f"The data directory {self.data} cannot be used: {error.strerror}."
            ) from error
        # Without o+x here the server's own user, if it is another, could not walk to its data.
        self.data.chmod(stat.S_IMODE(self.data.stat().st_mode) | 0o711)
        for directory in (self.postgres_socket, self.valkey_socket.parent):
            directory.parent.mkdir(mode=0o711, exist_ok=True)
            if directory.parent.stat().st_uid != os.geteuid():
                raise CannotStart(
                    f"{directory.parent} belongs to somebody else. Remove it, or set TMPDIR."
                )
            directory.mkdir(mode=0o700, exist_ok=True)

    @cached_property
    def secrets(self) -> dict[str, str]:
        """Passwords and keys of this instance: made once, kept in `secrets.json`, readable by its owner only."""
        path = self.data / "secrets.json"
        names = ("superuser", "owner", "app", "backup", "secret_key", "mpesa_callback")
        if not path.exists():
            self.data.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(f".{os.getpid()}")
            with open(
                os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii"
            ) as file:
                json.dump({name: secrets.token_urlsafe(48) for name in names}, file, indent=2)
            try:
                os.link(
                    fresh, path
                )  # Of two who start at once, one wins and both read the winner's.
            except FileExistsError:
                pass
            finally:
                fresh.unlink()
        found: dict[str, str] = json.loads(path.read_text(encoding="ascii"))
        return found

    def share_secrets_of(self, other: "Layout") -> None:
        """Use the same passwords as `other`, because this instance is, or will be, a copy of it."""
        self.data.mkdir(parents=True, exist_ok=True)
        assert other.secrets
        shutil.copy2(other.data / "secrets.json", self.data / "secrets.json")

    def database_url(self, role: str = "app", *, database: str = DATABASE) -> str:
        """A DSN for `role` (app, owner, backup) over the unix socket."""
        host = quote(str(self.postgres_socket), safe="")
        return f"postgresql://zetutech_{role}:{self.secrets[role]}@/{database}?host={host}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.valkey_socket}?db=0"

"""As whom the database server runs: PostgreSQL refuses root, and initdb refuses a nameless user."""

import os
import pwd
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backoffice.embedded.errors import CannotStart

NOBODY = 65534
PREFERRED_USERS = ("zetutech", "postgres", "nobody")


@dataclass(frozen=True)
class Identity:
    """A user for a child process.

    `namespace` means: keep our own user, but seen from inside as `nobody`. Files stay ours, so this works
    where no other user may look into our directories, and for users that have no entry in /etc/passwd.
    """

    uid: int
    gid: int
    namespace: bool = False

    @property
    def is_self(self) -> bool:
        return self.namespace or self.uid == os.geteuid()

    def popen_options(self) -> dict[str, Any]:
        if self.is_self:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def enter(self) -> Callable[[], None] | None:
        """What the child must do between fork and exec, if anything."""
        return _enter_user_namespace if self.namespace else None

    def give(self, *paths: Path) -> None:
        """Make `paths` (no recursion) belong to this user."""
        if not self.is_self:
            for path in paths:
                os.chown(path, self.uid, self.gid)


def server_identity(data: Path, *, reaches: tuple[Path, ...]) -> Identity:
    """The user to run a server as, whose data is (or will be) in `data` and who must reach all of `reaches`.

    Not root: we ourselves. Root: the owner of the existing data, else an unprivileged user; no directory of
    the caller's is opened for it, so where it cannot reach the files, root stays the user on disk and a user
    namespace hides that from PostgreSQL.
    """
    uid, gid = os.geteuid(), os.getegid()
    if uid != 0:
        return Identity(uid, gid, namespace=not _has_name(uid))
    owner = data.stat().st_uid if data.exists() else None
    if owner == 0:
        return _namespace(uid, gid, why="its data directory belongs to root")
    candidate = _named(owner) if owner else _unprivileged()
    if candidate and all(_may_reach(candidate, path) for path in reaches):
        return candidate
    return _namespace(
        uid,
        gid,
        why=f"no other user can reach {reaches[0]} (a directory above it is closed to others)",
    )


def _named(uid: int) -> Identity:
    try:
        return Identity(uid, pwd.getpwuid(uid).pw_gid)
    except KeyError:
        return Identity(uid, uid)


def _unprivileged() -> Identity | None:
    for name in PREFERRED_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Identity(entry.pw_uid, entry.pw_gid)
    return None


def _has_name(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _may_reach(identity: Identity, path: Path) -> bool:
    """Whether `identity` can walk to `path`; asked of the kernel, by trying. False if we may not become it."""
    try:
        tried = subprocess.run(  # noqa: S603 - a fixed command
            ["/bin/sh", "-c", 'test -x "$0"', str(path)],
            check=False,
            cwd="/",
            **identity.popen_options(),
        )
    except PermissionError:
        return False
    return tried.returncode == 0


def _namespace(uid: int, gid: int, *, why: str) -> Identity:
    identity = Identity(uid, gid, namespace=True)
    try:
        tried = subprocess.run(["/bin/true"], check=False, preexec_fn=_enter_user_namespace)
        if tried.returncode == 0:
            return identity
    except (subprocess.SubprocessError, OSError):
        pass
    raise CannotStart(
        f"The embedded PostgreSQL cannot run as root, and here {why},\n"
        "while this system offers no user namespaces. Any of these helps:\n"
        "  * work as an ordinary user,\n"
        "  * move the project to a directory that other users can enter, such as /srv or /opt,\n"
        "  * set DATABASE_URL (and DATABASE_OWNER_URL) to a PostgreSQL server of your own."
    )


def _enter_user_namespace() -> None:
    """Become `nobody` in a namespace of our own. Runs in the child, between fork and exec."""
    uid, gid = os.geteuid(), os.getegid()
    os.unshare(os.CLONE_NEWUSER)
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{NOBODY} {uid} 1"),
        ("gid_map", f"{NOBODY} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(line)

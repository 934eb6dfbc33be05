"""Who the embedded PostgreSQL runs as, and where that user may work.

PostgreSQL refuses to run as root, so root's server runs as `nobody`, who may not enter folders such as
/root. What it is given is found by trying, because containers differ in what they let root give:

1. the one capability to enter any folder, kept also where programs ask `access()`;
2. nothing, which does in a folder that everybody may enter;
3. a folder of its own outside the checkout, with a copy of the server's program.
"""

import os
import pwd
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from incentives.embedded.processes import EmbeddedServerError

UNPRIVILEGED = "nobody"
ELSEWHERE = Path("/var/lib")
CAPABILITY = [
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    # Without it the kernel forgets the capability when initdb asks access() about a file.
    "--securebits=+no_setuid_fixup",
]
PROGRAM_PARTS = ("bin", "lib", "share")


@dataclass(frozen=True)
class Place:
    """Where the server works: the words that make a command the server user's, and its program."""

    before: list[str]
    program: Path

    def command(self, name: str, *arguments: str) -> list[str]:
        """A command of PostgreSQL, as the server's user."""
        return [*self.before, str(self.program / "bin" / name), *arguments]


def find_place(folder: Path, program: Path) -> Place:
    """Where the server can run with its cluster in `folder`, which is made when it is not there.

    Where nothing else does, `folder` becomes a symbolic link to a folder outside the checkout.
    Raises EmbeddedServerError when the server's user can work nowhere.
    """
    give(folder)
    if os.geteuid() != 0:
        return Place([], program)
    for before in (_identity() + CAPABILITY, _identity()):
        place = Place(before, program)
        if _can_work(place, folder.resolve()):
            return place
    if not folder.is_symlink():
        _move_out(folder)
    elsewhere = Place(_identity(), _copy(program, folder.resolve().parent))
    if _can_work(elsewhere, folder.resolve()):
        return elsewhere
    raise EmbeddedServerError(
        "PostgreSQL cannot run as root, and here root may not run it as another user: "
        "run as another user, or set DATABASE_URL."
    )


def give(folder: Path) -> None:
    """Make a folder that the server's user owns; others may pass through it, but the server asks who they are."""
    if folder.is_symlink() and not folder.exists():
        folder.unlink()  # what it led to is gone: begin anew
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    root = os.geteuid() == 0
    linked_by, owner = folder.lstat().st_uid, folder.stat().st_uid
    if owner == (_user().pw_uid if root else os.geteuid()):
        return
    if not root or owner != 0 or linked_by != 0:
        raise EmbeddedServerError(
            f"{folder} belongs to another user: run as that user, or name another folder with VAR_DIR."
        )
    folder.chmod(0o711)
    os.chown(folder, _user().pw_uid, _user().pw_gid)


def read(file: Path) -> str:
    """A file of the server's user, which root may not read everywhere."""
    try:
        return file.read_text()
    except PermissionError:
        return _as_owner("cat", file)


def write(file: Path, text: str) -> None:
    """Replace what is in a file of the server's user."""
    try:
        file.write_text(text)
    except PermissionError:
        _as_owner("tee", file, text)


def _as_owner(program: str, file: Path, text: str = "") -> str:
    done = subprocess.run(
        [*_identity(), program, str(file)], input=text, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise FileNotFoundError(done.stderr.strip())
    return done.stdout


@cache
def _user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise EmbeddedServerError(
            f"PostgreSQL cannot run as root, and there is no user {UNPRIVILEGED}: "
            "run as another user, or set DATABASE_URL."
        ) from None


def _identity() -> list[str]:
    if os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        raise EmbeddedServerError(
            "PostgreSQL cannot run as root and setpriv (Debian package util-linux) is missing: "
            "install it, run as another user, or set DATABASE_URL."
        )
    user = _user()
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _can_work(place: Place, folder: Path) -> bool:
    """Whether initdb finds its parts and may enter the folder; it only shows settings here."""
    show = ["sh", "-c", 'cd "$1" && exec "$2" -s -D "$1/data"', "-", str(folder)]
    command = [*place.before, *show, str(place.program / "bin" / "initdb")]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _move_out(folder: Path) -> None:
    """Put the folder outside the checkout and a symbolic link in its place; data in it are not lost."""
    if (folder / "data").exists():
        raise EmbeddedServerError(
            f"PostgreSQL's user may not enter {folder}, where its data are: move the checkout to a folder "
            "that everybody may enter, run as another user, or set DATABASE_URL."
        )
    outside = Path(tempfile.mkdtemp(prefix="incentives-", dir=ELSEWHERE))
    outside.chmod(0o711)
    shutil.rmtree(folder)
    folder.symlink_to(outside / "postgres")
    # The link leads to a folder that `give` would take for lost.
    (outside / "postgres").mkdir()
    give(folder)


def _copy(program: Path, outside: Path) -> Path:
    """The server's program where everybody may run it, copied anew when a release brought another one."""
    package = outside / "program" / program.parent.name
    copied = package / program.name
    made_of = (program / "bin" / "postgres").stat()
    try:
        if (copied / "bin" / "postgres").stat().st_mtime_ns == made_of.st_mtime_ns:
            return copied
    except FileNotFoundError:
        pass
    shutil.rmtree(package.parent, ignore_errors=True)
    for part in PROGRAM_PARTS:
        shutil.copytree(program / part, copied / part)
    libraries = program.parent.with_name(f"{program.parent.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, package.parent / libraries.name)
    for path in [package.parent, *package.parent.rglob("*")]:
        runs = path.is_dir() or os.access(path, os.X_OK)
        path.chmod(path.stat().st_mode | (0o555 if runs else 0o444))
    return copied

"""The program that is PID 1 of a sandbox: it runs commands and moves files for the host, one request at a time.

Started as `python3 -I -S -c SOURCE SETTINGS`, so it is one file, uses the standard library only and imports little. It
speaks frames over its stdin and stdout: header length and body length (two big-endian 32-bit numbers), a JSON header,
raw bytes. It ends when its channel does. The code that it runs has the same uid, so it makes itself undumpable (no
ptrace, no `/proc/1/mem`, no `/proc/1/fd`) and keeps its channel off the descriptors that a command gets.
"""

from __future__ import annotations

import errno
import json
import os
import resource
import select
import signal
import stat
import struct
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

Json = dict[str, Any]
Reply = tuple[Json, bytes]

HEAD = struct.Struct(">II")
HEADER_LIMIT = 4 << 20
PIECE = 8 << 20
"""Bytes of file contents in one frame of a copy."""
PAGE = 1 << 20
"""About how much JSON one page of a listing holds."""
PATH_LIMIT = 1000
TICK = 0.05
"""Seconds between two looks of the watchdog."""
PR_SET_DUMPABLE = 4


class Refusal(Exception):
    """A request that cannot be met; the host raises it as `SandboxRefusal`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


# --- the channel -----------------------------------------------------------------------------------------------------


class Channel:
    """Frames over two descriptors; the process ends when the other side is gone.

    `life`, where there is one, is a pipe whose other end a parent holds that cannot signal this process.
    """

    def __init__(self, source: int, sink: int, life: int | None) -> None:
        self.source = source
        self.sink = sink
        self.ends = (source,) if life is None else (source, life)
        self.waiting = select.poll()
        self.waiting.register(source, select.POLLIN)
        if life is not None:
            self.waiting.register(life, 0)

    def receive(self) -> tuple[Json, bytes]:
        """The next request."""
        for descriptor, _ in self.waiting.poll():
            if descriptor != self.source:
                os._exit(0)
        header_size, body_size = HEAD.unpack(self._exactly(HEAD.size))
        return json.loads(self._exactly(header_size)), self._exactly(body_size)

    def send(self, header: Json, body: bytes = b"") -> None:
        """Send a reply."""
        text = json.dumps(header).encode()
        left = memoryview(HEAD.pack(len(text), len(body)) + text + body)
        while left:
            left = left[os.write(self.sink, left) :]

    def _exactly(self, size: int) -> bytes:
        data = bytearray()
        while len(data) < size:
            piece = os.read(self.source, min(size - len(data), 1 << 20))
            if not piece:
                os._exit(0)
            data += piece
        return bytes(data)


def private_channel(life: int | None) -> Channel:
    """Move the channel off the descriptors that commands inherit, and close whatever else was handed down."""
    source, sink = os.dup(0), os.dup(1)
    nothing = os.open("/dev/null", os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) not in (source, sink, life):
            try:
                os.close(int(name))
            except OSError:
                continue  # the listing's own descriptor
    if life is not None:
        os.set_inheritable(life, False)
    return Channel(source, sink, life)


def undumpable() -> bool:
    """Keep processes of the same uid away from this one's memory and descriptors."""
    try:
        import ctypes  # a stripped Python has none; the host then refuses this sandbox with a reason
    except ImportError:
        return False
    return ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0


# --- the workspace ---------------------------------------------------------------------------------------------------

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
Key = tuple[int, int, int, int]


class Workspace:
    """Files below one folder. Paths are walked component by component, and no link is ever followed."""

    def __init__(self, root: str, ignored: frozenset[str], capacity: int) -> None:
        self.root = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self.ignored = ignored
        self.capacity = capacity
        self.digests: dict[str, tuple[Key, str]] = {}
        self.staged: list[tuple[str, str, str]] = []

    def folder(self, path: str, make: bool = False) -> int:
        """A descriptor of the folder `path`; its parents and itself are made where `make` says so."""
        here = os.dup(self.root)
        for name in components(path):
            try:
                below = self._step(here, name, path, make)
            finally:
                os.close(here)
            here = below
        return here

    def _step(self, here: int, name: str, path: str, make: bool) -> int:
        if make:
            try:
                os.mkdir(name, 0o755, dir_fd=here)
            except FileExistsError:
                pass
        try:
            return os.open(name, FOLDER, dir_fd=here)
        except OSError as error:
            if error.errno not in (errno.ENOTDIR, errno.ELOOP):
                raise
            if stat.S_ISLNK(os.stat(name, dir_fd=here, follow_symlinks=False).st_mode):
                raise link_refused(name, path) from None
            raise Refusal("bad_request", f"{name!r} in {path!r} is a file, not a folder") from None

    def read(self, path: str, limit: int) -> bytes:
        """The bytes of the regular file `path`."""
        parent, name = os.path.split(path)
        folder = self.folder(parent)
        try:
            file = self._open_regular(folder, name, path)
        finally:
            os.close(folder)
        try:
            size = os.fstat(file).st_size
            if size > limit:
                raise Refusal("too_large", f"{path!r} has {size} bytes; at most {limit} can be read at once")
            return read_all(file, size)
        finally:
            os.close(file)

    def _open_regular(self, folder: int, name: str, path: str) -> int:
        if not name:
            raise Refusal("is_directory", f"{path or '.'!r} is a folder")
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            raise link_refused(name, path)
        if stat.S_ISDIR(mode):
            raise Refusal("is_directory", f"{path!r} is a folder")
        if not stat.S_ISREG(mode):
            raise Refusal("not_a_file", f"{path!r} is a pipe, socket or device")
        return os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=folder)

    def write(self, files: list[tuple[str, int, bool]], body: bytes, last: bool) -> None:
        """Take `files` (path, size, executable), whose bytes stand one after the other in `body`.

        They and those of earlier calls take their places with the `last` of them; after a failure none does.
        """
        waiting = False
        position = 0
        try:
            for path, size, executable in files:
                parent, name = self._writable(path)
                self.staged.append((f".slipway-{os.urandom(8).hex()}", parent, name))
                data = body[position : position + size]
                write_file(self.staged[-1][0], self.root, data, 0o755 if executable else 0o644)
                position += size
            if last:
                for temporary, parent, name in self.staged:
                    self._put(temporary, parent, name)
            waiting = not last
        finally:
            if not waiting:
                for temporary, _, _ in self.staged:
                    remove_if_there(temporary, self.root)
                self.staged.clear()

    def _writable(self, path: str) -> tuple[str, str]:
        parent, name = os.path.split(path)
        folder = self.folder(parent, make=True)
        try:
            if not name or is_folder(name, folder):
                raise Refusal("is_directory", f"{path or '.'!r} is a folder; give the path of a file")
        finally:
            os.close(folder)
        return parent, name

    def _put(self, temporary: str, parent: str, name: str) -> None:
        folder = self.folder(parent)
        try:
            os.replace(temporary, name, src_dir_fd=self.root, dst_dir_fd=folder)
        finally:
            os.close(folder)

    def remove(self, paths: list[str]) -> None:
        """Remove files, and the folders that are empty afterwards."""
        for path in paths:
            parent, name = os.path.split(path)
            try:
                folder = self.folder(parent)
            except FileNotFoundError:
                continue
            try:
                if not name or is_folder(name, folder):
                    raise Refusal("is_directory", f"{path or '.'!r} is a folder; name the files in it")
                remove_if_there(name, folder)
            finally:
                os.close(folder)
            self._prune(parent)

    def _prune(self, path: str) -> None:
        while path:
            parent, name = os.path.split(path)
            folder = self.folder(parent)
            try:
                os.rmdir(name, dir_fd=folder)
            except OSError:
                return  # not empty
            finally:
                os.close(folder)
            path = parent

    def entries(self, ignored: frozenset[str]) -> Iterator[tuple[str, int, str, os.stat_result]]:
        """Everything but folders named in `ignored`: path, descriptor of its folder, name, status; folders first."""
        yield from self._below(os.dup(self.root), "", ignored)

    def _below(
        self, folder: int, prefix: str, ignored: frozenset[str]
    ) -> Iterator[tuple[str, int, str, os.stat_result]]:
        try:
            with os.scandir(folder) as listing:
                names = sorted(entry.name for entry in listing if entry.name not in ignored)
            for name in names:
                path = prefix + name
                if len(path) > PATH_LIMIT:
                    continue
                try:
                    status = os.stat(name, dir_fd=folder, follow_symlinks=False)
                except PermissionError:
                    continue  # a folder that its owner closed
                yield path, folder, name, status
                if stat.S_ISDIR(status.st_mode):
                    below = open_or_none(name, FOLDER, folder)
                    if below is not None:
                        yield from self._below(below, path + "/", ignored)
        finally:
            os.close(folder)

    def forget(self) -> None:
        """Trust no digest any more: a command can change a file of a tmpfs through a mapping without a new time."""
        self.digests.clear()

    def snapshot(self) -> Iterator[Json]:
        """Every regular file that can be part of a version, in pages: path, digest, executable."""
        before, self.digests = self.digests, {}
        files: list[tuple[str, str, bool]] = []
        total = size = 0
        for path, folder, name, status in self.entries(self.ignored):
            if not stat.S_ISREG(status.st_mode) or not is_text(path):
                continue
            total += status.st_size
            if total > self.capacity:
                raise Refusal("too_large", f"the files have more than {self.capacity} bytes together; remove some")
            digest = self._digest(before.get(path), folder, name, status)
            if digest is None:
                continue
            self.digests[path] = (key_of(status), digest)
            files.append((path, digest, bool(status.st_mode & 0o100)))
            size += len(path) * 6 + 80
            if size > PAGE:
                yield {"files": files, "more": True}
                files, size = [], 0
        yield {"files": files, "more": False}

    def _digest(self, known: tuple[Key, str] | None, folder: int, name: str, status: os.stat_result) -> str | None:
        if known is not None and known[0] == key_of(status):
            return known[1]
        file = open_or_none(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, folder)
        if file is None:
            return None
        try:
            return digest_of(file)
        finally:
            os.close(file)

    def pack(self) -> Iterator[Reply]:
        """All files, folders and links, in frames of pieces: kind, path, mode, time, offset, length (or target)."""
        pieces: list[tuple[str, str, int, int, int, Any]] = []
        body = bytearray()
        size = 0
        for path, folder, name, status in self.entries(frozenset()):
            for piece, data in self._pieces(path, folder, name, status):
                if len(body) + len(data) > PIECE or size > PAGE:
                    yield {"pieces": pieces, "more": True}, bytes(body)
                    pieces, body, size = [], bytearray(), 0
                pieces.append(piece)
                body += data
                size += len(path) * 6 + 60
        yield {"pieces": pieces, "more": False}, bytes(body)

    def _pieces(
        self, path: str, folder: int, name: str, status: os.stat_result
    ) -> Iterator[tuple[tuple[str, str, int, int, int, Any], bytes]]:
        mode, when = status.st_mode & 0o777, status.st_mtime_ns
        if stat.S_ISDIR(status.st_mode):
            yield ("folder", path, mode, when, 0, 0), b""
        elif stat.S_ISLNK(status.st_mode):
            yield ("link", path, mode, when, 0, os.readlink(name, dir_fd=folder)), b""
        elif stat.S_ISREG(status.st_mode):
            file = open_or_none(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, folder)
            if file is None:
                return
            try:
                yield from ((("file", path, mode, when, at, len(data)), data) for at, data in chunks(file))
            finally:
                os.close(file)

    def unpack(self, pieces: list[tuple[str, str, int, int, int, Any]], body: bytes) -> None:
        """Lay down what another workspace packed."""
        position = 0
        parent, folder = "", os.dup(self.root)
        try:
            for kind, path, mode, when, offset, last in pieces:
                above, name = os.path.split(path)
                if above != parent:
                    os.close(folder)
                    folder = os.dup(self.root)  # so that the descriptor is open should the walk fail
                    parent, walked = above, self.folder(above)
                    os.close(folder)
                    folder = walked
                if kind == "folder":
                    os.mkdir(name, mode | 0o700, dir_fd=folder)
                elif kind == "link":
                    os.symlink(last, name, dir_fd=folder)
                else:
                    append_file(name, folder, body[position : position + last], mode, when, offset)
                    position += last
        finally:
            os.close(folder)


def components(path: str) -> list[str]:
    """The names in a relative path; a second guard behind the host's."""
    names = [name for name in path.split("/") if name not in ("", ".")]
    if ".." in names or path.startswith("/"):
        raise Refusal("outside_workspace", f"{path!r} leads out of the workspace")
    return names


def link_refused(name: str, path: str) -> Refusal:
    """Why a path with a link in it is not used."""
    return Refusal("outside_workspace", f"{name!r} in {path!r} is a symbolic link; links are not followed")


def key_of(status: os.stat_result) -> Key:
    """What changes when a file's contents do."""
    return (status.st_mtime_ns, status.st_size, status.st_ino, status.st_ctime_ns)


def is_text(path: str) -> bool:
    """Whether a file name is valid UTF-8."""
    return not any("\ud800" <= c <= "\udfff" for c in path)


def is_folder(name: str, folder: int) -> bool:
    """Whether `name` in `folder` is a folder itself (a link to one is not)."""
    try:
        return stat.S_ISDIR(os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return False


def remove_if_there(name: str, folder: int) -> None:
    """Unlink a file; a missing one is no error."""
    try:
        os.unlink(name, dir_fd=folder)
    except FileNotFoundError:
        pass


def open_or_none(name: str, flags: int, folder: int) -> int | None:
    """Open what may be unreadable to us: its owner chose that, and it is left out."""
    try:
        return os.open(name, flags, dir_fd=folder)
    except PermissionError:
        return None


def read_all(file: int, size: int) -> bytes:
    """`size` bytes of an open file, or fewer where it is shorter."""
    data = bytearray()
    while len(data) < size:
        piece = os.read(file, min(size - len(data), 1 << 20))
        if not piece:
            break
        data += piece
    return bytes(data)


def chunks(file: int) -> Iterator[tuple[int, bytes]]:
    """The bytes of an open file with their offsets; an empty file is one empty piece."""
    offset = 0
    data = read_all(file, PIECE)
    yield offset, data
    while len(data) == PIECE:
        offset += len(data)
        data = read_all(file, PIECE)
        if data:
            yield offset, data


def write_file(name: str, folder: int, data: bytes, mode: int) -> None:
    """Make a new file."""
    file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
    try:
        write_all(file, data)
        os.fchmod(file, mode)
    finally:
        os.close(file)


def append_file(name: str, folder: int, data: bytes, mode: int, when: int, offset: int) -> None:
    """Make a file from its first piece, or add a later one."""
    how = os.O_CREAT | os.O_EXCL if offset == 0 else os.O_APPEND
    file = os.open(name, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC | how, 0o600, dir_fd=folder)
    try:
        write_all(file, data)
        os.fchmod(file, mode | 0o600)
        os.utime(file, ns=(when, when))
    finally:
        os.close(file)


def write_all(file: int, data: bytes) -> None:
    """Write `data` to its end."""
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]


def digest_of(file: int) -> str:
    """SHA-256 of an open file."""
    import hashlib  # 10 ms that a sandbox without a snapshot does not need

    digest = hashlib.sha256()
    while piece := os.read(file, 1 << 20):
        digest.update(piece)
    return digest.hexdigest()


# --- limits ----------------------------------------------------------------------------------------------------------


class Watchdog:
    """What no rlimit holds: the memory of all processes together, and the number of files."""

    def __init__(self, limits: Json) -> None:
        self.memory: int = limits["memory_bytes"]
        self.files: dict[str, int] = limits["files"]
        self.processes: int = limits["processes"]
        self.page = os.sysconf("SC_PAGE_SIZE")

    def verdict(self) -> str:
        """Why the command has to end; empty while it may go on."""
        pids = [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]
        if len(pids) > self.processes:
            return f"it started more than {self.processes} processes"
        if (
            self._resident(pids) + shared_segments() > self.memory
            and self._share(pids) + shared_segments() > self.memory
        ):
            return f"it used more than {self.memory >> 20} MiB of memory"
        for place, limit in self.files.items():
            status = os.statvfs(place)
            if status.f_files - status.f_ffree > limit:
                return f"it made more than {limit} files in {place}"
        return ""

    def _resident(self, pids: list[str]) -> int:
        pages = 0
        for pid in pids:
            text = proc_text(f"/proc/{pid}/statm")
            pages += int(text.split()[1]) if text else 0
        return pages * self.page

    def _share(self, pids: list[str]) -> int:
        """Memory with shared pages counted once; slower, so only asked for when the quick sum is too high."""
        total = 0
        for pid in pids:
            text = proc_text(f"/proc/{pid}/smaps_rollup")
            found = [line for line in text.splitlines() if line.startswith("Pss:")]
            total += int(found[0].split()[1]) * 1024 if found else self._resident([pid])
        return total


def proc_text(path: str) -> str:
    """A file of /proc, or nothing where the process is gone or hides itself."""
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return ""


def shared_segments() -> int:
    """Bytes in System V shared memory, which outlives the processes that filled it."""
    lines = proc_text("/proc/sysvipc/shm").splitlines()
    if len(lines) < 2:
        return 0
    column = lines[0].split().index("rss")
    return sum(int(line.split()[column]) for line in lines[1:])


def limit(limits: Json) -> None:
    """Set the rlimits of every command, which inherits them from here; none of them binds the agent's own work."""
    wanted = {
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_FSIZE: limits["file_bytes"],
        resource.RLIMIT_NOFILE: limits["open_files"],
        resource.RLIMIT_DATA: limits["data_bytes"],
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    if limits["nproc"]:
        wanted[resource.RLIMIT_NPROC] = limits["nproc"]
    for name, value in wanted.items():
        hard = resource.getrlimit(name)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(name, (value, value))


# --- commands --------------------------------------------------------------------------------------------------------


class Kept:
    """The head and the tail of a stream, and its true size."""

    def __init__(self, limit: int) -> None:
        self.head_limit = limit - limit // 2
        self.tail_limit = limit // 2
        self.head = bytearray()
        self.tail = bytearray()
        self.size = 0

    def add(self, data: bytes) -> None:
        """Take the next bytes of the stream."""
        self.size += len(data)
        room = self.head_limit - len(self.head)
        self.head += data[:room]
        self.tail += data[room:]
        if len(self.tail) > 2 * self.tail_limit + 65536:
            self._trim()

    def bytes(self) -> bytes:
        """What was kept."""
        self._trim()
        return bytes(self.head + self.tail)

    def _trim(self) -> None:
        del self.tail[: max(0, len(self.tail) - self.tail_limit)]


class Running:
    """One command and its streams."""

    def __init__(self, pid: int, stdin: bytes, pipes: tuple[int, int, int], limit: int) -> None:
        self.pid = pid
        self.left = memoryview(stdin)
        self.stdin, out, err = pipes
        self.kept = {out: Kept(limit), err: Kept(limit)}
        self.out, self.err = self.kept[out], self.kept[err]
        self.exit: int | None = None
        for pipe in pipes:
            os.set_blocking(pipe, False)
        if not self.left:
            self.close_stdin()

    def feed(self) -> None:
        """Write as much of stdin as the command takes."""
        try:
            self.left = self.left[os.write(self.stdin, self.left[:65536]) :]
        except BlockingIOError:
            return
        except BrokenPipeError:
            self.left = memoryview(b"")
        if not self.left:
            self.close_stdin()

    def close_stdin(self) -> None:
        """Give the command its end of file."""
        if self.stdin >= 0:
            os.close(self.stdin)
            self.stdin = -1

    def take(self, pipe: int) -> bool:
        """Read from a stream once; False at its end, or when it has nothing."""
        try:
            data = os.read(pipe, 65536)
        except BlockingIOError:
            return False
        self.kept[pipe].add(data)
        return bool(data)

    def reap(self, flags: int) -> bool:
        """Collect one dead process; False where there is none (or, waiting, none left at all)."""
        try:
            pid, status = os.waitpid(-1, flags)
        except ChildProcessError:
            return False
        if pid == self.pid:
            self.exit = os.waitstatus_to_exitcode(status)
        return pid != 0

    def end(self) -> None:
        """Kill every process of the sandbox but this one, and wait until none is left."""
        while True:
            kill_others()
            if not self.reap(0):
                break
        for pipe in self.kept:
            while self.take(pipe):
                pass
            os.close(pipe)
        self.close_stdin()


def kill_others() -> None:
    """SIGKILL to every process that this one may see; only PID 1 of a namespace of its own may do that."""
    if os.getpid() != 1:
        raise SystemExit("the agent runs as PID 1 of a sandbox only")
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass


def start(request: Json, stdin: bytes, folder: int, limit: int) -> Running:
    """Start the command. OSError says why it cannot be run."""
    (in_r, in_w), (out_r, out_w), (err_r, err_w) = os.pipe(), os.pipe(), os.pipe()
    ours, theirs = (in_w, out_r, err_r), (in_r, out_w, err_w)
    try:
        os.fchdir(folder)
        pid = spawn(request["argv"], request["env"], theirs)
    except OSError:
        for pipe in ours:
            os.close(pipe)
        raise
    finally:
        for pipe in theirs:
            os.close(pipe)
    return Running(pid, stdin, ours, limit)


def spawn(argv: list[str], env: dict[str, str], pipes: tuple[int, int, int]) -> int:
    """Start a program, found as execvp(3) finds it, in a session of its own; half the time that a fork takes."""
    moves = [(os.POSIX_SPAWN_DUP2, pipe, target) for target, pipe in enumerate(pipes)]
    places = [""] if "/" in argv[0] else os.get_exec_path(env)
    failure = FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    for place in places:
        program = os.path.join(place, argv[0])
        try:
            return os.posix_spawn(program, argv, env, file_actions=moves, setsid=True, setsigdef=IGNORED_SIGNALS)
        except OSError as error:
            if error.errno not in (errno.ENOENT, errno.ENOTDIR, errno.EACCES):
                raise
            failure = error if isinstance(error, PermissionError) else failure
    raise failure


def not_run(argv: list[str], error: OSError) -> Reply:
    """The result of a command that cannot be run, as a shell would give it."""
    text = f"cannot run {argv[0]!r}: {error.strerror}\n".encode()
    status = 127 if error.errno in (errno.ENOENT, errno.ENOTDIR) else 126
    return result(status, False, b"", 0, text, len(text), 0.0)


def watch(running: Running, channel: Channel, deadline: float, watchdog: Watchdog) -> tuple[bool, str]:
    """Serve the command's streams until it exits, breaks a limit or is late: (timed out, reason to end it)."""
    poller = select.poll()
    for end in channel.ends:
        poller.register(end, 0)  # hang-up only: the host is gone
    exited = os.pidfd_open(running.pid)
    poller.register(exited, select.POLLIN)
    for pipe in running.kept:
        poller.register(pipe, select.POLLIN)
    if running.stdin >= 0:
        poller.register(running.stdin, select.POLLOUT)
    look = time.monotonic() + TICK
    try:
        while True:
            now = time.monotonic()
            if now >= deadline:
                return True, ""
            if now >= look:
                while running.reap(os.WNOHANG):
                    pass
                reason = watchdog.verdict()
                spent = time.monotonic() - now
                if reason:
                    return False, reason
                look = now + max(TICK, 5 * spent)
            for fd, _ in poller.poll(max(0.0, min(look, deadline) - time.monotonic()) * 1000 + 1):
                if fd == exited:
                    return False, ""
                serve(fd, running, channel, poller)
    finally:
        os.close(exited)


def serve(fd: int, running: Running, channel: Channel, poller: select.poll) -> None:
    """Act on one descriptor that is ready."""
    if fd in channel.ends:
        os._exit(0)
    elif fd == running.stdin:
        running.feed()
        if running.stdin < 0:
            poller.unregister(fd)
    elif not running.take(fd):
        poller.unregister(fd)


# --- requests --------------------------------------------------------------------------------------------------------

IGNORED_SIGNALS = tuple(
    number
    for number in signal.valid_signals()
    if number not in (signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD, signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE)
)


class Agent:
    """Answers requests, one at a time."""

    def __init__(self, channel: Channel, settings: Json) -> None:
        self.channel = channel
        self.limits: Json = settings["limits"]
        self.watchdog = Watchdog(self.limits)
        self.workspace = Workspace(settings["root"], frozenset(settings["ignored"]), self.limits["workspace_bytes"])
        self.pages: dict[str, Iterator[Any]] = {}
        self.operations: dict[str, Callable[[Json, bytes], Reply]] = {
            "exec": self.exec,
            "read": self.read,
            "write": self.write,
            "remove": self.remove,
            "snapshot": self.snapshot,
            "pack": self.pack,
            "unpack": self.unpack,
        }

    def serve(self) -> NoReturn:
        """Answer until the host is gone."""
        while True:
            request, body = self.channel.receive()
            os.fchmod(self.workspace.root, 0o755)  # a command may have closed it
            try:
                reply, data = self.operations[request["op"]](request, body)
            except Refusal as refusal:
                reply, data = {"error": [refusal.code, str(refusal)]}, b""
            except OSError as error:
                reply, data = {"error": refusal_of(error, request)}, b""
            self.channel.send({"id": request["id"], **reply}, data)

    def exec(self, request: Json, body: bytes) -> Reply:
        """Run a command to its end."""
        folder = self.workspace.folder(request["cwd"])
        self.workspace.forget()
        began = time.monotonic()
        try:
            running = start(request, body, folder, self.limits["output_bytes"])
        except OSError as error:
            return not_run(request["argv"], error)
        finally:
            os.close(folder)
        try:
            late, reason = watch(running, self.channel, began + request["timeout"], self.watchdog)
        finally:
            running.end()
        if reason:
            running.err.add(f"\nthe sandbox ended this command: {reason}\n".encode())
        status = 124 if late else exit_status(running.exit)
        out, err = running.out, running.err
        return result(status, late, out.bytes(), out.size, err.bytes(), err.size, time.monotonic() - began)

    def read(self, request: Json, body: bytes) -> Reply:
        """Read one file."""
        return {}, self.workspace.read(request["path"], request["limit"])

    def write(self, request: Json, body: bytes) -> Reply:
        """Write files."""
        self.workspace.write(request["files"], body, request["last"])
        return {}, b""

    def remove(self, request: Json, body: bytes) -> Reply:
        """Remove files."""
        self.workspace.remove(request["paths"])
        return {}, b""

    def snapshot(self, request: Json, body: bytes) -> Reply:
        """The first or the next page of a snapshot."""
        return self._page("snapshot", self.workspace.snapshot, request["first"]), b""

    def pack(self, request: Json, body: bytes) -> Reply:
        """The first or the next frame of a copy of the workspace."""
        return self._page("pack", self.workspace.pack, request["first"])

    def unpack(self, request: Json, body: bytes) -> Reply:
        """Take one frame of a copy."""
        self.workspace.unpack(request["pieces"], body)
        return {}, b""

    def _page(self, name: str, begin: Callable[[], Iterator[Any]], first: bool) -> Any:
        if first:
            self.pages[name] = begin()
        return next(self.pages[name])


def result(status: int, late: bool, out: bytes, out_size: int, err: bytes, err_size: int, seconds: float) -> Reply:
    """The reply to a command."""
    sizes = {"out": [len(out), out_size], "err": [len(err), err_size]}
    return {"exit": status, "timed_out": late, "seconds": seconds, **sizes}, out + err


def exit_status(code: int | None) -> int:
    """The status as a shell gives it: 128 + n for signal n."""
    if code is None:
        return 128 + signal.SIGKILL
    return code if code >= 0 else 128 - code


def refusal_of(error: OSError, request: Json) -> list[str]:
    """The code and message for what the kernel refused."""
    subject = request.get("path", request.get("cwd", request["op"]))
    codes = {
        errno.ENOENT: "file_not_found",
        errno.EISDIR: "is_directory",
        errno.ELOOP: "outside_workspace",
        errno.ENOSPC: "no_space",
        errno.EDQUOT: "no_space",
        errno.EFBIG: "too_large",
    }
    return [codes.get(error.errno or 0, "bad_request"), f"{subject!r}: {error.strerror}"]


def facts() -> Json:
    """How tight this sandbox is, seen from inside. Holes are probed with access(2), never with a write."""
    status = dict(line.split(":", 1) for line in proc_text("/proc/self/status").splitlines())
    holes = ("/proc/sys/kernel/core_pattern", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger")
    return {
        "pid": os.getpid(),
        "capabilities": int(status["CapEff"], 16) | int(status["CapPrm"], 16) | int(status["CapAmb"], 16),
        "seccomp": int(status["Seccomp"]),
        "proc_writable": any(os.access(hole, os.W_OK) for hole in holes),
        "interfaces": [line.split(":")[0].strip() for line in proc_text("/proc/net/dev").splitlines() if ":" in line],
    }


def main() -> NoReturn:
    """Become the agent of this sandbox."""
    if os.getpid() != 1:
        raise SystemExit("the agent runs as PID 1 of a sandbox only")
    hidden = undumpable()
    settings = json.loads(sys.argv[1])
    channel = private_channel(settings["life"])
    os.umask(0o022)
    for number in IGNORED_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    limit(settings["limits"])
    agent = Agent(channel, settings)
    channel.send({"id": 0, "hello": 1, "undumpable": hidden, **facts()})
    agent.serve()


if __name__ == "__main__":
    main()

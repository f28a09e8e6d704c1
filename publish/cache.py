"""The cellar: results kept under the digest of what they were made from.

Two kinds of things lie here. *Entries* are looked up by stage and key and carry their own
sha256, so that a torn one is a miss; *objects* are raw bytes named by their sha256, which
backends may stream. Nothing is fsynced: whatever is lost can be made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")
LAYOUT_VERSION = "v1"
_encoder = msgspec.msgpack.Encoder(order="deterministic")


def encode(value: Any) -> bytes:
    """Return plain values and dataclasses as MessagePack, the same for equal values."""
    return _encoder.encode(value)


def digest(*values: Any) -> str:
    """Return the sha256, hexadecimal, of values: strings, bytes, numbers, our dataclasses."""
    return hashlib.sha256(_encoder.encode(values)).hexdigest()


def sha256(data: bytes) -> str:
    """Return the sha256 of bytes, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


class Cache:
    """A folder of entries and objects. Several processes may use it at once."""

    def __init__(self, root: Path) -> None:
        self.root = root / LAYOUT_VERSION
        self._folder = str(self.root)  # paths are texts here: books ask for them 50,000 times

    def get(self, stage: str, key: str) -> bytes | None:
        """Return an entry's bytes, or None if there is none or it is torn."""
        try:
            data = _read(self._entry(stage, key))
        except OSError:
            return None
        body = data[32:]
        return body if hashlib.sha256(body).digest() == data[:32] else None

    def put(self, stage: str, key: str, data: bytes) -> None:
        """Keep bytes under a stage and a key (hexadecimal)."""
        self._write(self._entry(stage, key), hashlib.sha256(data).digest(), data)

    def has(self, stage: str, key: str) -> bool:
        """Tell whether there is an entry, torn or not."""
        return Path(self._entry(stage, key)).is_file()

    def load(self, stage: str, key: str, type_: type[T]) -> T | None:
        """Return an entry as a dataclass, or None if missing, torn or of another shape."""
        data = self.get(stage, key)
        if data is None:
            return None
        try:
            return msgspec.msgpack.decode(data, type=type_)
        except (msgspec.DecodeError, ValueError):
            return None

    def store(self, stage: str, key: str, value: Any) -> None:
        """Keep a dataclass or plain value under a stage and a key."""
        self.put(stage, key, encode(value))

    def put_object(self, data: bytes) -> str:
        """Keep raw bytes; return the sha256 that names them."""
        name = sha256(data)
        path = self._object(name)
        if not self._sound(path, name):
            self._write(path, data)
        return name

    def object_path(self, name: str) -> Path | None:
        """Return the path of an object's bytes, or None. Its size is checked by readers."""
        path = Path(self._object(name))
        return path if path.is_file() else None

    def object_size(self, name: str) -> int | None:
        """Return the size of an object in bytes, or None if there is none."""
        try:
            return os.stat(self._object(name)).st_size  # noqa: PTH116
        except OSError:
            return None

    def read_object(self, name: str) -> bytes | None:
        """Return an object's bytes, or None if missing or not what its name says."""
        try:
            data = _read(self._object(name))
        except OSError:
            return None
        return data if sha256(data) == name else None

    @contextlib.contextmanager
    def scratch(self) -> Iterator[Path]:
        """Give a folder for files under way; it is removed afterwards."""
        import shutil
        import tempfile

        self.root.mkdir(parents=True, exist_ok=True)
        path = Path(tempfile.mkdtemp(prefix="scratch-", dir=self.root))
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def _entry(self, stage: str, key: str) -> str:
        return f"{self._folder}/{stage}/{key[:2]}/{key[2:]}"

    def _object(self, name: str) -> str:
        return f"{self._folder}/objects/{name[:2]}/{name[2:]}"

    @staticmethod
    def _sound(path: str, name: str) -> bool:
        try:
            return sha256(_read(path)) == name
        except OSError:
            return False

    @staticmethod
    def _write(where: str, *data: bytes) -> None:
        import tempfile  # and with it random and more, which nothing that only reads needs

        path = Path(where)
        try:
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        except FileNotFoundError:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines(data)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise


def _read(path: str) -> bytes:
    """Return a file's bytes, without the layers that a small file does not need.

    Raises:
        OSError: it cannot be read.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        size = os.fstat(handle).st_size
        data = os.read(handle, size + 1)
        while len(data) < size and (more := os.read(handle, size - len(data))):
            data += more
        return data
    finally:
        os.close(handle)

"""A folder on a disk that can be full: a file system of its own where root may mount one, else a limit on files."""

import os
import resource
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

MEGABYTE = 1024 * 1024


class SmallDisk:
    """A disk of a few megabytes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self, processes: Sequence[int]) -> None:
        """Leave no space on the disk."""
        with self._filler.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"x" * 4096)
            except OSError:
                pass

    def empty(self, processes: Sequence[int]) -> None:
        """Free the space again."""
        self._filler.unlink()

    def lock(self) -> None:
        """Refuse all writes, as when the disk has failed."""
        subprocess.run(["mount", "-o", "remount,ro", str(self.folder)], check=True)


class LimitedFiles:
    """A folder in which the files of some processes cannot grow."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, processes: Sequence[int]) -> None:
        """Let the files of these processes grow no more."""
        self._limit(processes, 4096)

    def empty(self, processes: Sequence[int]) -> None:
        """Let them grow again."""
        self._limit(processes, resource.RLIM_INFINITY)

    def lock(self) -> None:
        """Refuse all writes."""
        if os.geteuid() == 0:
            pytest.skip("root may not mount a disk here, and may write to every file")
        for path in (*self.folder.iterdir(), self.folder):
            path.chmod(0o555)

    @staticmethod
    def _limit(processes: Sequence[int], soft: int) -> None:
        for process in processes:
            hard = resource.prlimit(process, resource.RLIMIT_FSIZE)[1]
            resource.prlimit(process, resource.RLIMIT_FSIZE, (soft if hard == -1 else min(soft, hard), hard))


@contextmanager
def scarce(folder: Path) -> Iterator[SmallDisk | LimitedFiles]:
    """A folder whose disk can be filled, emptied and locked."""
    if not _mounts(folder):
        yield LimitedFiles(folder)
        folder.chmod(0o755)
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _mounts(folder: Path) -> bool:
    if os.geteuid() != 0:
        return False
    command = ["mount", "-t", "tmpfs", "-o", f"size={8 * MEGABYTE}", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True).returncode == 0

"""Archives that people bring (Word and Excel files are archives): opened with every limit, or refused in words."""

import lzma
import struct
import zipfile
import zlib
from contextlib import contextmanager

MOST_PARTS = 5_000
LARGEST_LIST = 2 * 1024 * 1024
"""Of an archive: the list of its parts, and the part that says of what kind they are."""
UNREADABLE = (
    *(zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error),
    *(OSError, EOFError, ValueError, OverflowError, RuntimeError, MemoryError),
)
"""What zipfile raises at an archive that is broken, encrypted, or of a kind or version it does not know."""


class Refused(ValueError):
    """A file or a paste that cannot be taken, and why, in words for whoever brought it."""


@contextmanager
def opened(file, *, unpacked):
    """This will open an archive that may unpack to so many bytes; within, what cannot be read is `Refused` as well.

    Its list of parts is measured before any of it is held in memory, and what they unpack to before one is read.
    """
    try:
        if _size_of_list(file) > LARGEST_LIST:
            raise Refused("The file has too many parts")
        with zipfile.ZipFile(file) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS:
                raise Refused("The file has too many parts")
            if sum(part.file_size for part in parts) > unpacked:
                raise Refused(f"The file unpacks to more than {unpacked // 1024**2} MB")
            if any(part.flag_bits & 1 for part in parts):
                raise Refused("The file has a password: save it without one")
            yield archive
    except Refused:
        raise
    except UNREADABLE as fault:
        raise Refused("The file is damaged: save it again") from fault


def _size_of_list(file):
    """How long the list of an archive's parts is, as its end says."""
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 66_000))
    end = file.read()
    at = end.rindex(b"PK\x05\x06")
    file.seek(0)
    return int.from_bytes(end[at + 12 : at + 16], "little")

"""The file that keeps results as they come, so that a long run can be resumed."""

import json
import os

START = b'{"student": '  # of every line


class JournalError(Exception):
    """The file holds something else; the message is one sentence."""


class Journal:
    """Records of notebooks in a file, one line of JSON each; `records` are those it held before.

    A line that was cut off by a crash is dropped. Raises JournalError rather than touch a file that
    holds anything else.
    """

    def __init__(self, path):
        self.file = open(path, "a+b")  # noqa: SIM115  closed at the end of the with statement
        try:
            self.records, end = self._read(path)
        except JournalError:
            self.file.close()
            raise
        self.before = set(map(id, self.records))
        self.file.truncate(end)

    def _read(self, path):
        self.file.seek(0)
        records, end = [], 0
        for number, line in enumerate(self.file, 1):
            if not line.endswith(b"\n") and (line.startswith(START) or START.startswith(line)):
                break  # cut off
            try:
                record = json.loads(line)
                record["student"], record["exercises"], record["fault"]
            except (ValueError, TypeError, KeyError):
                raise JournalError(
                    f"line {number} of {path} is no result of nnkit grade; name another file."
                ) from None
            records.append(record)
            end += len(line)
        return records, end

    def add(self, record):
        """Append a record unless it is one of `records`; then it is safe on the disk."""
        if id(record) in self.before:
            return
        self.file.write(json.dumps(record).encode() + b"\n")
        self.file.flush()
        os.fsync(self.file.fileno())

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.file.close()

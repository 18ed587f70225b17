"""A file whose text cannot be understood: which one, on which line, and why."""

from wizard.errors import UsageError
from wizard.safety.clean import clean


class FormatError(UsageError):
    """`path` and `line` (from 1; 0 for the whole file) say where, `why` what is wrong."""

    def __init__(self, path: str, line: int, why: str) -> None:
        place = f"{clean(path, 200)}, line {line}" if line else clean(path, 200)
        super().__init__(f"{place}: {clean(why, 300)}", "", "mend the file and run again")
        self.path, self.line, self.why = path, line, clean(why, 300)

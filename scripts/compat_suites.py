# SPDX-License-Identifier: MPL-2.0
"""The suites that scripts/compat runs: what Debian packages of programs that
stand on libzmq. Each run is a process of its own with a limit, with one libzmq
or the other under it, and in a folder that is gone afterwards. Nothing here
leaves the loopback interface."""

import os
import re
import signal
import subprocess
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

# Debian's, as its packages are for no other.
PYTHON = "/usr/bin/python3"


@dataclass
class Library:
    """One libzmq.so.5: the system's, or that of a directory."""
    name: str
    directory: Path | None = None

    def environment(self):
        values = {name: value for name, value in os.environ.items()
                  if name != "LD_LIBRARY_PATH"}
        if self.directory:
            values["LD_LIBRARY_PATH"] = str(self.directory)
        values["PYTHONDONTWRITEBYTECODE"] = "1"
        return values

    def loaded(self):
        """The file that a program gets that asks for libzmq.so.5."""
        line = ("import ctypes; ctypes.CDLL('libzmq.so.5'); "
                "print(next(line.split()[-1] for line in open('/proc/self/maps')"
                " if 'libzmq.so' in line))")
        done = subprocess.run([PYTHON, "-c", line], env=self.environment(),
                              capture_output=True, text=True, check=True)
        return Path(done.stdout.strip())


@dataclass
class Outcome:
    """Of one test: passed, failed or skipped, and the last words of it."""
    state: str
    seconds: float = 0
    words: str = ""


def run_limited(line, library, folder, limit, **more):
    """What became of the process, None when it had to be ended; what it said;
    seconds.

    It leads a process group, which is ended with it."""
    environment = library.environment() | more
    begin = time.monotonic()
    with subprocess.Popen(line, cwd=folder, env=environment, text=True,
                          errors="replace", stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          start_new_session=True) as process:
        try:
            said, _ = process.communicate(timeout=limit)
            status = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            said, _ = process.communicate()
            status = None
    return status, said, time.monotonic() - begin


def ending(status, said):
    """The last words, for the list of what failed."""
    last = said.strip().splitlines()[-1:] or [""]
    if status is None:
        return f"hangs: {last[0]}"
    if status < 0:
        return f"{signal.Signals(-status).name}: {last[0]}"
    return last[0]


class Pyzmq:
    """pyzmq's own tests, as Debian's package has them."""
    name = "pyzmq"
    title = "pyzmq's tests"
    package = "python3-zmq"
    folder = Path("/usr/lib/python3/dist-packages/zmq/tests")
    # pyzmq's own limit of a test, by SIGALRM; the one for those which that
    # doesn't wake; and that of a file.
    alarm = 30
    test_limit = 45
    file_limit = 150

    def pieces(self):
        """The files, longest first: they end together."""
        files = sorted(self.folder.glob("test_*.py"),
                       key=lambda file: -file.stat().st_size)
        return [file.stem for file in files]

    def pytest(self, what, library, *options):
        """Runs it in a folder of its own: (its outcomes or None, its words)."""
        with tempfile.TemporaryDirectory(prefix="compat-") as folder:
            report = Path(folder) / "report.xml"
            Path(folder, "pytest.ini").write_text(
                "[pytest]\nasyncio_mode = auto\n", encoding="utf-8")
            status, said, _ = run_limited(
                [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider",
                 "--timeout-method=thread", f"--timeout={self.test_limit}",
                 f"--basetemp={folder}/tests",
                 f"--junitxml={report}", *options, what],
                library, folder, self.file_limit,
                ZMQ_TEST_TIMEOUT=str(self.alarm))
            outcomes = self.read(report) if report.exists() else None
            return outcomes, said, status

    @staticmethod
    def read(report):
        """Those of a report. A test whose end failed is there twice."""
        outcomes = {}
        for case in ElementTree.parse(report).iter("testcase"):
            kind = case.get("classname").rpartition(".")[2]
            # What could not be imported has no class, and the file's name.
            test = "::".join(filter(None, [kind, case.get("name")]))
            state, words = "passed", ""
            for child in case:
                if child.tag in ("failure", "error"):
                    state = "failed"
                elif child.tag == "skipped":
                    state = "skipped"
                else:
                    continue
                words = (child.get("message") or "").strip().split("\n")[0]
            known = outcomes.get(test)
            if known and known.state == "failed":
                continue
            outcomes[test] = Outcome(state, float(case.get("time")), words)
        return outcomes

    def run(self, piece, library):
        """A file's outcomes. One that doesn't come to its end is run again,
        test by test."""
        file = self.folder / f"{piece}.py"
        outcomes, _, _ = self.pytest(str(file), library)
        if outcomes is not None:
            return outcomes
        _, said, _ = self.pytest(str(file), library, "--collect-only")
        tests = [line.partition("::")[2] for line in said.splitlines()
                 if "::" in line]
        return {test: self.run_alone(piece, test, library) for test in tests}

    def run_alone(self, piece, test, library):
        outcomes, said, status = self.pytest(
            f"{self.folder}/{piece}.py::{test}", library)
        if outcomes and test in outcomes:
            return outcomes[test]
        return Outcome("failed", 0, ending(status, said))


class Cppzmq:
    """cppzmq's examples, compiled once. They check little themselves: they
    have to end alike and to say the same."""
    name = "cppzmq"
    title = "cppzmq's examples"
    package = "cppzmq-dev"
    folder = Path("/usr/share/doc/cppzmq-dev/examples")
    # Of one that runs on for ever: many rounds of what it does.
    limit = 3

    def __init__(self):
        self.programs = tempfile.TemporaryDirectory(prefix="compat-")
        self.said = {}

    def pieces(self):
        return sorted(file.stem for file in self.folder.glob("*.cpp"))

    def program(self, piece):
        program = Path(self.programs.name) / piece
        if not program.exists():
            subprocess.run(["c++", "-std=c++17", "-O1", "-o", program,
                            self.folder / f"{piece}.cpp", "-lzmq", "-pthread"],
                           check=True)
        return program

    @staticmethod
    def gist(said):
        """Its lines without numbers and in any order: those that are there
        about as often as any. Threads that print at once garble a few."""
        lines = Counter(re.sub(r"\d{4,}", "N", line)
                        for line in said.splitlines())
        most = max(lines.values(), default=0)
        return sorted(line for line, times in lines.items()
                      if times * 2 >= most)

    def run(self, piece, library):
        return {"": self.run_alone(piece, "", library)}

    def run_alone(self, piece, _, library):
        program = self.program(piece)
        status, said, seconds = run_limited([program], library,
                                            self.programs.name, self.limit)
        told = (status, self.gist(said))
        # libzmq comes first: what it does is what is expected.
        expected = self.said.setdefault(piece, told)
        if status not in (0, None) or told != expected:
            return Outcome("failed", seconds, ending(status, said))
        return Outcome("passed", seconds)


class Czmq:
    """CZMQ's self test, class by class: the library has it built in. It looks
    for files where its sources have them."""
    name = "czmq"
    title = "CZMQ's self test"
    package = "libczmq4"
    limit = 120

    def __init__(self):
        self.file = next(Path("/usr/lib").glob("*/libczmq.so.4"))

    def pieces(self):
        symbols = subprocess.run(["nm", "-D", "--defined-only", self.file],
                                 capture_output=True, text=True,
                                 check=True).stdout
        return sorted(re.findall(r"T (z\w+_test)$", symbols, re.M))

    def run(self, piece, library):
        return {"": self.run_alone(piece, "", library)}

    def run_alone(self, piece, _, library):
        with tempfile.TemporaryDirectory(prefix="compat-") as folder:
            for each in ("selftest-rw", "selftest-ro"):
                Path(folder, "src", each).mkdir(parents=True)
            status, said, seconds = run_limited(
                [PYTHON, "-c", "import ctypes; "
                 f"ctypes.CDLL('{self.file}').{piece}(False)"],
                library, folder, self.limit, ZSYS_INTERFACE="lo")
        if status == 0:
            return Outcome("passed", seconds)
        return Outcome("failed", seconds, ending(status, said))


SUITES = {suite.name: suite for suite in (Pyzmq, Cppzmq, Czmq)}

# SPDX-License-Identifier: MPL-2.0
"""What the Python peers share: the line protocol (README.md) and the traffic
that ../traffic.hpp describes."""

import json
import sys
import zlib

PATTERN = bytes(range(251))


def make_frame(command, index, f):
    """Frame f of message `index` of a "send" command."""
    sizes = command["sizes"]
    size = sizes[(index * command["frames"] + f) % len(sizes)]
    start = (131 * index + 31 * f) % 251
    period = PATTERN[start:] + PATTERN[:start]
    return (period * (size // 251 + 1))[:size]


class Checksum:
    def __init__(self):
        self.value = 0

    def add(self, frame, more):
        header = len(frame).to_bytes(4, "little") + bytes([more])
        self.value = zlib.crc32(frame, zlib.crc32(header, self.value))


def serve(handlers):
    """Answers each line by the handler named in "do" until stdin ends."""
    for line in sys.stdin:
        try:
            command = json.loads(line)
            answer = handlers[command["do"]](command)
        except Exception as failed:
            what = f"{type(failed).__name__}: {failed}"
            answer = {"event": "error", "what": what, "for": line.strip()}
        print(json.dumps(answer), flush=True)

# SPDX-License-Identifier: MPL-2.0
"""A peer on a plain stream socket: ZMTP by hand (raw_zmtp.py), or anything else
(raw_garbage.py). README.md has the commands."""

import socket
import struct

import raw_garbage
from peer_lines import Checksum, make_frame, serve
from raw_zmtp import Stream, handshake

PATIENCE_S = 20


def address_of(endpoint):
    scheme, rest = endpoint.split("://", 1)
    if scheme == "ipc":
        # libzmq writes the abstract name space's leading zero as "@".
        path = "\0" + rest[1:] if rest.startswith("@") else rest
        return socket.AF_UNIX, path
    host, port = rest.rsplit(":", 1)
    return socket.AF_INET, (host, int(port))


class RawPeer:
    def __init__(self):
        self.listener = None
        self.sock = None
        self.stream = None
        self.frames = None

    def listen(self, command):
        family, address = address_of(command["endpoint"])
        self.listener = socket.socket(family, socket.SOCK_STREAM)
        self.listener.settimeout(PATIENCE_S)
        self.listener.bind(address)
        self.listener.listen(16)
        endpoint = command["endpoint"]
        if family == socket.AF_INET:
            endpoint = "tcp://%s:%d" % self.listener.getsockname()
        return {"event": "bound", "endpoint": endpoint}

    def accept(self, _command):
        self.adopt(self.listener.accept()[0])
        return {"event": "accepted"}

    def connect(self, command):
        family, address = address_of(command["endpoint"])
        sock = socket.socket(family, socket.SOCK_STREAM)
        sock.settimeout(PATIENCE_S)
        sock.connect(address)
        self.adopt(sock)
        return {"event": "connected"}

    def adopt(self, sock):
        sock.settimeout(PATIENCE_S)
        if sock.family == socket.AF_INET:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock = sock
        self.stream = Stream(sock)

    def handshake(self, command):
        self.frames, said = handshake(
            self.stream, command["version"], command["type"],
            command.get("identity", "").encode(),
            bytes.fromhex(command.get("with", "")),
            command.get("trickle", False))
        said["identity"] = said["identity"].decode("latin-1")
        return {"event": "ready", **said}

    def send(self, command):
        total = Checksum()
        frames = command["frames"]
        trickle = command.get("trickle", False)
        for i in range(command["first"], command["first"] + command["count"]):
            for f in range(frames):
                body = make_frame(command, i, f)
                more = f + 1 < frames
                total.add(body, more)
                self.stream.write(self.frames.encode(body, more), trickle)
        return {"event": "sent", "count": command["count"],
                "crc": total.value}

    def recv(self, command):
        total = Checksum()
        size = 0
        for _ in range(command["count"]):
            for body, more in self.next_message():
                total.add(body, more)
                size += len(body)
        return {"event": "received", "count": command["count"],
                "crc": total.value, "bytes": size}

    def next_message(self):
        while True:
            body, more = self.frames.read(self.stream)
            yield body, more
            if not more:
                return

    def say(self, command):
        parts = [text.encode() for text in command["frames"]]
        data = b"".join(self.frames.encode(part, f + 1 < len(parts))
                        for f, part in enumerate(parts))
        self.stream.write(data, command.get("trickle", False))
        return {"event": "said"}

    def hear(self, _command):
        parts = [body.decode() for body, _ in self.next_message()]
        return {"event": "heard", "frames": parts}

    def write(self, command):
        self.stream.write(bytes.fromhex(command["hex"]),
                          command.get("trickle", False))
        return {"event": "written"}

    def read(self, command):
        return {"event": "bytes",
                "hex": self.stream.read(command["count"]).hex()}

    def garbage(self, command):
        if command["kind"] == "endless_more":
            sent = raw_garbage.endless_more(self.sock)
            return {"event": "written", "bytes": sent}
        data = raw_garbage.ALL[command["kind"]]
        try:
            self.stream.write(data, command.get("trickle", False))
        except (BrokenPipeError, ConnectionResetError):
            pass  # refused before all of it was said
        return {"event": "written", "bytes": len(data)}

    def drain(self, _command):
        """Reads to the end. Both an end and a reset are a peer's good-bye."""
        size = 0
        try:
            while data := self.sock.recv(65536):
                size += len(data)
        except ConnectionResetError:
            return {"event": "end", "reset": True, "bytes": size}
        return {"event": "end", "reset": False, "bytes": size}

    def half_close(self, _command):
        self.sock.shutdown(socket.SHUT_WR)
        return {"event": "half_closed"}

    def close(self, _command):
        self.sock.close()
        return {"event": "closed"}

    def reset(self, _command):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                             struct.pack("ii", 1, 0))
        self.sock.close()
        return {"event": "closed"}


if __name__ == "__main__":
    peer = RawPeer()
    serve({name: getattr(peer, name)
           for name in ("listen", "accept", "connect", "handshake", "send",
                        "recv", "say", "hear", "write", "read", "garbage",
                        "drain", "half_close", "close", "reset")})

# SPDX-License-Identifier: MPL-2.0
"""The peer libzmq through pyzmq: what Python applications run."""

import zmq

from peer_lines import Checksum, make_frame, serve


class PyzmqPeer:
    def __init__(self):
        self.context = zmq.Context()
        self.socket = None

    def open(self, command):
        self.socket = self.context.socket(getattr(zmq, command["type"]))
        options = {"sndtimeo": 20000, "rcvtimeo": 20000, "linger": -1}
        options.update(command["options"])
        for name, value in options.items():
            if isinstance(value, str):
                value = value.encode()
            self.socket.setsockopt(getattr(zmq, name.upper()), value)
        return {"event": "opened"}

    def bind(self, command):
        self.socket.bind(command["endpoint"])
        last = self.socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0")
        return {"event": "bound", "endpoint": last.decode()}

    def connect(self, command):
        self.socket.connect(command["endpoint"])
        return {"event": "connecting"}

    def unbind(self, command):
        self.socket.unbind(command["endpoint"])
        return {"event": "unbound"}

    def disconnect(self, command):
        self.socket.disconnect(command["endpoint"])
        return {"event": "disconnected"}

    def send(self, command):
        total = Checksum()
        frames = command["frames"]
        for i in range(command["first"], command["first"] + command["count"]):
            parts = [make_frame(command, i, f) for f in range(frames)]
            for f, part in enumerate(parts):
                total.add(part, f + 1 < frames)
            self.socket.send_multipart(parts)
        return {"event": "sent", "count": command["count"],
                "crc": total.value}

    def recv(self, command):
        total = Checksum()
        size = 0
        for _ in range(command["count"]):
            parts = self.socket.recv_multipart()
            for f, part in enumerate(parts):
                total.add(part, f + 1 < len(parts))
                size += len(part)
        return {"event": "received", "count": command["count"],
                "crc": total.value, "bytes": size}

    def say(self, command):
        self.socket.send_multipart([f.encode() for f in command["frames"]])
        return {"event": "said"}

    def hear(self, _command):
        parts = self.socket.recv_multipart()
        return {"event": "heard", "frames": [p.decode() for p in parts]}

    def hear_within(self, command):
        if not self.socket.poll(command["ms"]):
            return {"event": "silence"}
        return self.hear(command)

    def close(self, _command):
        self.socket.close()
        return {"event": "closed"}

    def term(self, _command):
        self.socket.close()
        self.context.term()
        return {"event": "terminated"}


if __name__ == "__main__":
    peer = PyzmqPeer()
    serve({name: getattr(peer, name)
           for name in ("open", "bind", "connect", "unbind", "disconnect",
                        "send", "recv", "say", "hear", "hear_within", "close",
                        "term")})

# SPDX-License-Identifier: MPL-2.0
"""ZMTP written by hand from the specifications (RFC 13, 15, 23, 37), for a peer
that shares no code with any library. One class per framing; a connection is a
`Stream` of exact reads and writes."""

SIGNATURE = bytes.fromhex("ff00000000000000017f")
TYPE_NUMBERS = ["PAIR", "PUB", "SUB", "REQ", "REP", "DEALER", "ROUTER", "PULL",
                "PUSH"]


class ProtocolError(Exception):
    pass


class Stream:
    """Exact reads; writes in one piece, or byte by byte."""

    def __init__(self, sock):
        self.sock = sock

    def write(self, data, trickle=False):
        if not trickle:
            self.sock.sendall(data)
            return
        for i in range(len(data)):
            self.sock.sendall(data[i:i + 1])

    def read(self, count):
        data = bytearray(count)
        view = memoryview(data)
        done = 0
        while done < count:
            n = self.sock.recv_into(view[done:])
            if n == 0:
                raise ProtocolError(f"end of stream, {done} of {count} bytes")
            done += n
        return bytes(data)


class FramesV1:
    """RFC 13: length (with the flags byte), flags, body."""

    @staticmethod
    def encode(body, more):
        flags = bytes([1 if more else 0])
        length = len(body) + 1
        if length < 255:
            return bytes([length]) + flags + body
        return b"\xff" + length.to_bytes(8, "big") + flags + body

    @staticmethod
    def read(stream):
        length = stream.read(1)[0]
        if length == 255:
            length = int.from_bytes(stream.read(8), "big")
        flags = stream.read(1)[0]
        return stream.read(length - 1), bool(flags & 1)


class FramesV2:
    """RFC 15 and 23: flags, length, body. Commands (bit 2) are RFC 23's."""

    @staticmethod
    def encode(body, more, command=False):
        flags = (1 if more else 0) | (4 if command else 0)
        if len(body) < 256:
            return bytes([flags, len(body)]) + body
        return bytes([flags | 2]) + len(body).to_bytes(8, "big") + body

    @staticmethod
    def read_any(stream):
        flags = stream.read(1)[0]
        if flags & ~7:
            raise ProtocolError(f"reserved flag bits set: {flags:#x}")
        length = (int.from_bytes(stream.read(8), "big") if flags & 2
                  else stream.read(1)[0])
        return stream.read(length), bool(flags & 1), bool(flags & 4)

    @classmethod
    def read(cls, stream):
        while True:
            body, more, command = cls.read_any(stream)
            if not command:
                return body, more
            if body.startswith(b"\x04PING"):
                pong = b"\x04PONG" + body[7:]
                stream.write(cls.encode(pong, False, command=True))


def metadata(properties):
    return b"".join(
        bytes([len(name)]) + name.encode()
        + len(value).to_bytes(4, "big") + value
        for name, value in properties.items())


def parse_metadata(data):
    properties = {}
    while data:
        name_end = 1 + data[0]
        value_end = name_end + 4 + int.from_bytes(
            data[name_end:name_end + 4], "big")
        properties[data[1:name_end].decode()] = data[name_end + 4:value_end]
        data = data[value_end:]
    return properties


def ready(socket_type, identity=b""):
    properties = {"Socket-Type": socket_type.encode()}
    if socket_type in ("REQ", "DEALER", "ROUTER"):
        properties["Identity"] = identity
    return FramesV2.encode(b"\x05READY" + metadata(properties), False,
                           command=True)


def greeting_v3(minor=0, mechanism=b"NULL", as_server=False):
    return (SIGNATURE + bytes([3, minor]) + mechanism.ljust(20, b"\0")
            + bytes([as_server]) + bytes(31))


def handshake_v1(stream, socket_type, identity, extra, trickle):
    """RFC 13: an identity frame each; nothing says which socket this is."""
    stream.write(FramesV1.encode(identity, False) + extra, trickle)
    # A newer peer's signature is the header of its identity, in long form.
    peer_identity, _ = FramesV1.read(stream)
    return {"version": [1, 0], "type": "", "identity": peer_identity}


def handshake_v2(stream, socket_type, identity, extra, trickle):
    """RFC 15: signature, revision 1, socket type, identity frame."""
    stream.write(SIGNATURE + bytes([1, TYPE_NUMBERS.index(socket_type)])
                 + FramesV2.encode(identity, False) + extra, trickle)
    check_signature(stream.read(10))
    revision = stream.read(1)[0]
    number = stream.read(1)[0]
    peer_identity, _ = FramesV2.read(stream)
    return {"version": [revision, 0], "type": TYPE_NUMBERS[number],
            "identity": peer_identity}


def handshake_v3(stream, socket_type, identity, extra, trickle, minor):
    """RFC 23 (minor 0) and RFC 37 (minor 1): greeting, NULL, READY."""
    stream.write(greeting_v3(minor) + ready(socket_type, identity) + extra,
                 trickle)
    check_signature(stream.read(10))
    major, peer_minor = stream.read(2)
    mechanism = stream.read(20).rstrip(b"\0")
    stream.read(32)
    if mechanism != b"NULL":
        raise ProtocolError(f"mechanism {mechanism}")
    body, _, command = FramesV2.read_any(stream)
    if not command or not body.startswith(b"\x05READY"):
        raise ProtocolError(f"instead of READY: {body!r}")
    properties = parse_metadata(body[6:])
    return {"version": [major, peer_minor],
            "type": properties["Socket-Type"].decode(),
            "identity": properties.get("Identity", b"")}


def check_signature(data):
    if data[0] != 0xff or data[9] != 0x7f:
        raise ProtocolError(f"signature {data.hex()}")


def handshake(stream, version, *args):
    """Answers the framing and what the peer said of itself."""
    if version == "1.0":
        return FramesV1, handshake_v1(stream, *args)
    if version == "2.0":
        return FramesV2, handshake_v2(stream, *args)
    return FramesV2, handshake_v3(stream, *args, int(version == "3.1"))

# SPDX-License-Identifier: MPL-2.0
"""What a listening socket meets in the wild, and what an attacker would try. Each
entry is all that is sent; `endless_more` goes on until the other side closes."""

from raw_zmtp import SIGNATURE, FramesV2, greeting_v3, metadata, ready


def command(body):
    return FramesV2.encode(body, False, command=True)


def long_frame(flags, length, body=b""):
    return bytes([flags | 2]) + length.to_bytes(8, "big") + body


HTTP = (b"GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: probe\r\n"
        b"Accept: */*\r\n\r\n")
TLS_HELLO = bytes.fromhex(
    "16030100310100002d0303" + "5a" * 32 + "000006c02bc02f009c0100")
GREETING = greeting_v3()
PEER = GREETING + ready("PUSH")

BEFORE_TRAFFIC = {
    "http": HTTP,
    "tls": TLS_HELLO,
    "zeros": bytes(64),
    "noise": bytes((i * 167 + 13) % 256 for i in range(512)),
    "bad_signature": b"\xff" + bytes(8) + b"\x7e" + bytes(54),
    "unknown_mechanism": greeting_v3(mechanism=b"GSSAPI"),
    "lowercase_mechanism": greeting_v3(mechanism=b"null"),
    "message_instead_of_ready": GREETING + FramesV2.encode(b"hello", False),
    "unknown_handshake_command": GREETING + command(b"\x05HELLO"),
    "error_command": GREETING + command(b"\x05ERROR\x03bad"),
    "empty_command": GREETING + command(b""),
    "command_name_too_long": GREETING + command(b"\xffREADY"),
    "oversized_command": GREETING + long_frame(4, 1 << 40),
    "negative_size": GREETING + long_frame(4, (1 << 64) - 1),
    "incompatible_type": GREETING + ready("SUB"),
    "unknown_type": GREETING + ready("NONSENSE"),
    "no_type": GREETING + command(b"\x05READY"),
    "lying_name": GREETING + command(b"\x05READY\xffSocket-Type"),
    "lying_value": GREETING + command(
        b"\x05READY\x0bSocket-Type\x7f\xff\xff\xffPUSH"),
    "cut_metadata": GREETING + command(
        b"\x05READY" + metadata({"Socket-Type": b"PUSH"})[:-2]),
    "endless_metadata": GREETING + command(
        b"\x05READY" + metadata({f"X-{i}": b"y" * 200 for i in range(4000)})),
    "v2_unknown_type": SIGNATURE + bytes([1, 99]) + FramesV2.encode(b"", 0),
}

IN_TRAFFIC = {
    "reserved_flags": PEER + b"\xf8\x05hello",
    "command_with_more": PEER + b"\x05\x05\x04PING",
    "short_ping": PEER + command(b"\x04PING\x00"),
    "second_ready": PEER + ready("PUSH"),
    "unknown_command": PEER + command(b"\x07UNKNOWN"),
    "oversized_traffic_command": PEER + long_frame(4, 1 << 40),
    "impossible_size": PEER + long_frame(0, (1 << 64) - 1),
}

TRUNCATED = {
    "nothing": b"",
    "one_byte": b"\xff",
    "half_signature": SIGNATURE[:5],
    "half_greeting": GREETING[:30],
    "half_ready": PEER[:-3],
    "half_message": PEER + long_frame(0, 100_000, b"x" * 1000),
    "half_multipart": PEER + FramesV2.encode(b"first part", True),
}

ALL = {**BEFORE_TRAFFIC, **IN_TRAFFIC, **TRUNCATED}


def endless_more(sock):
    """Parts of a message that never ends; answers the bytes that went."""
    sock.sendall(PEER)
    part = FramesV2.encode(b"x" * 100, True) * 100
    sent = 0
    try:
        while sent < 1 << 32:
            sock.sendall(part)
            sent += len(part)
    except OSError:
        pass
    return sent

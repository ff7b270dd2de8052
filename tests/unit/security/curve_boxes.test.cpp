// SPDX-License-Identifier: MPL-2.0
//
// MESSAGE boxes: every size against libsodium's own crypto_box, both ways, and
// what is no box, or not the next one.

#include "libzmqrt/security/curve_cipher.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/security/sodium_box.hpp"

using namespace zmqrt;
using namespace zmqrt::security;
using namespace zmqrt::security_test;
using wire::protocol_detail;
using wire_test::hex;

namespace {

const std::string name = hex("07 4d455353414745");

struct pair_of_ciphers {
  pair_of_ciphers() {
    REQUIRE(
      agree(server_keys.public_key, client_keys.secret_key.octets(), key));
  }
  curve_pair client_keys = pair_from(1);
  curve_pair server_keys = pair_from(2);
  box_key key;
  /// Next nonce 3 and last of the peer's 1; 2 and 2.
  [[nodiscard]] curve_cipher client() const {
    return {key, curve_role::client, 3, 1};
  }
  [[nodiscard]] curve_cipher server() const {
    return {key, curve_role::server, 2, 2};
  }
};

std::string sealed(curve_cipher& by, std::uint8_t flags,
                   std::string_view plain) {
  std::string out(by.overhead() + plain.size(), '\xee');
  by.seal(flags, octets(plain), std::as_writable_bytes(std::span{out}).data());
  return out;
}

struct opened_box {
  protocol_detail why;
  std::uint8_t flags = 0;
  std::string plain;
};

opened_box open(curve_cipher& by, std::string box) {
  wire::opened_frame frame;
  opened_box out{by.open(std::as_writable_bytes(std::span{box}), frame), 0, {}};
  if (out.why == protocol_detail::none) {
    out.flags = frame.flags;
    out.plain = text(frame.plain);
  }
  return out;
}

std::string pattern(std::size_t size) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i)
    out += static_cast<char>(i * 7 + i / 256);
  return out;
}

std::vector<std::size_t> sizes() {
  std::vector<std::size_t> out;
  for (std::size_t size = 0; size <= 260; ++size)
    out.push_back(size);
  for (const std::size_t size : {511UL, 512UL, 1023UL, 1024UL, 1025UL, 4095UL,
                                 4096UL, 65536UL, 300001UL})
    out.push_back(size);
  return out;
}

} // namespace

TEST_CASE("MESSAGE boxes of every size are crypto_box's") {
  const pair_of_ciphers of;
  curve_cipher client = of.client();
  curve_cipher server = of.server();
  std::uint64_t counter = 3;
  for (const std::size_t size : sizes()) {
    const std::string plain = pattern(size);
    const std::string box = sealed(client, frame_flag_more, plain);
    const std::string nonce = short_nonce(counter++);
    INFO("size " << size);
    // Not by CHECK's own comparison, which would print a third of a megabyte.
    CHECK((box
           == name + nonce
                + sodium_box('\x01' + plain, "CurveZMQMESSAGEC" + nonce,
                             text(of.server_keys.public_key),
                             text(of.client_keys.secret_key.octets()))));
    const opened_box got = open(server, box);
    CHECK(got.why == protocol_detail::none);
    CHECK(got.flags == frame_flag_more);
    CHECK((got.plain == plain));
  }
}

TEST_CASE("MESSAGE boxes carry MORE and COMMAND, and nothing else") {
  const pair_of_ciphers of;
  for (int flags = 0; flags < 256; ++flags) {
    curve_cipher server = of.server();
    const std::string nonce = short_nonce(3);
    const std::string box =
      name + nonce
      + sodium_box(static_cast<char>(flags) + std::string("body"),
                   "CurveZMQMESSAGEC" + nonce, text(of.server_keys.public_key),
                   text(of.client_keys.secret_key.octets()));
    const opened_box got = open(server, box);
    if (flags > 3) {
      CHECK(got.why == protocol_detail::malformed_message);
      continue;
    }
    CHECK(got.why == protocol_detail::none);
    CHECK(got.flags
          == ((flags & 1) != 0 ? frame_flag_more : 0)
               + ((flags & 2) != 0 ? frame_flag_command : 0));
    CHECK(got.plain == "body");
  }
}

TEST_CASE("MESSAGE: a changed octet anywhere is refused") {
  const pair_of_ciphers of;
  for (const std::size_t size : {0UL, 5UL, 100UL}) {
    curve_cipher client = of.client();
    const std::string good = sealed(client, 0, pattern(size));
    for (std::size_t at = 0; at < good.size(); ++at) {
      for (const int mask : {0x01, 0x80, 0xff}) {
        std::string bad = good;
        bad[at] = static_cast<char>(bad[at] ^ mask);
        curve_cipher server = of.server();
        const auto got = open(server, bad).why;
        const auto name_size = static_cast<unsigned char>(bad[0]);
        INFO("octet " << at << " of " << good.size() << ", mask " << mask);
        if (at < 8)
          CHECK(got
                == (name_size >= bad.size()
                      ? protocol_detail::malformed_command
                      : protocol_detail::unexpected_command));
        else if (at == 15 && (mask & 3) == 1 && mask == 0x01) // 3 becomes 2
          CHECK(got == protocol_detail::invalid_sequence);
        else
          CHECK(got == protocol_detail::cryptographic);
      }
    }
  }
}

TEST_CASE("MESSAGE: cut short anywhere is refused") {
  const pair_of_ciphers of;
  curve_cipher client = of.client();
  const std::string good = sealed(client, 0, "hello");
  for (std::size_t size = 0; size < good.size(); ++size) {
    curve_cipher server = of.server();
    INFO("size " << size);
    CHECK(open(server, good.substr(0, size)).why
          == (size < 8    ? protocol_detail::malformed_command
              : size < 33 ? protocol_detail::malformed_message
                          : protocol_detail::cryptographic));
  }
  curve_cipher server = of.server();
  CHECK(open(server, good + "x").why == protocol_detail::cryptographic);
  for (const char* other : {"07 4d455353414746", "05 5245414459", "0161"}) {
    curve_cipher one = of.server();
    CHECK(open(one, hex(other) + std::string(40, 'x')).why
          == protocol_detail::unexpected_command);
  }
}

TEST_CASE("MESSAGE: replayed, reordered, and from the wrong side") {
  const pair_of_ciphers of;
  curve_cipher client = of.client();
  const std::string first = sealed(client, 0, "first");
  const std::string second = sealed(client, 0, "second");
  const std::string third = sealed(client, 0, "third");

  curve_cipher replayed = of.server();
  CHECK(open(replayed, first).plain == "first");
  CHECK(open(replayed, first).why == protocol_detail::invalid_sequence);

  curve_cipher reordered = of.server();
  CHECK(open(reordered, first).plain == "first");
  CHECK(open(reordered, third).plain == "third"); // strictly increasing
  CHECK(open(reordered, second).why == protocol_detail::invalid_sequence);

  // Sent back to who made it: another prefix, another box.
  curve_cipher reflected = of.client();
  CHECK(open(reflected, first).why == protocol_detail::cryptographic);
}

TEST_CASE("MESSAGE: nonces count up from where the handshake left them") {
  const pair_of_ciphers of;
  curve_cipher server = of.server();
  for (std::uint64_t counter = 2; counter < 300; ++counter)
    REQUIRE(sealed(server, 0, "x").substr(8, 8) == short_nonce(counter));
}

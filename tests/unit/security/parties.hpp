// SPDX-License-Identifier: MPL-2.0
//
// The two parties of a handshake, from seeds: the same seed, the same octets.
// For the tests of security/, their spec cases and fuzz targets.

#pragma once

#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sodium.h>

#include "libzmqrt/security/curve_client.hpp"
#include "libzmqrt/security/curve_server.hpp"
#include "libzmqrt/wire/frame_header.hpp"
#include "libzmqrt/wire/metadata.hpp"
#include "tests/unit/wire/feeder.hpp"

namespace zmqrt::security_test {

using wire_test::octets;

/// What it gives follows from the seed, and is written down.
class seeded_entropy final : public keys::entropy {
public:
  explicit seeded_entropy(unsigned char seed) {
    seed_[0] = seed;
  }
  void fill(std::span<std::byte> to) noexcept override {
    randombytes_buf_deterministic(to.data(), to.size(), seed_);
    ++seed_[1];
    given.emplace_back(reinterpret_cast<const char*>(to.data()), to.size());
  }

  std::vector<std::string> given;

private:
  unsigned char seed_[randombytes_SEEDBYTES] = {};
};

inline std::string text(std::span<const std::byte> from) {
  return {reinterpret_cast<const char*>(from.data()), from.size()};
}

inline curve_pair pair_from(unsigned char seed) {
  std::array<std::byte, curve_key_size> secret{};
  seeded_entropy(seed).fill(secret);
  const curve_secret_key key{secret};
  return {curve_public(key), key};
}

inline std::string metadata_of(socket_type type) {
  std::string out;
  wire::append_property(out, "Socket-Type", to_string(type));
  return out;
}

/// The bodies of the frames that were appended to `out`, which is emptied.
inline std::vector<std::string> take_bodies(std::string& out) {
  std::vector<std::string> all;
  std::string_view left = out;
  while (!left.empty()) {
    const auto header =
      wire::read_v2_header(octets(left).data(), octets(left).size());
    all.emplace_back(left.substr(header.size, header.body));
    left.remove_prefix(header.size + header.body);
  }
  out.clear();
  return all;
}

/// Both mechanisms of a CURVE connection, and who they are.
struct curve_parties {
  explicit curve_parties(bool asks = false, unsigned char seed = 0)
    : client_entropy(static_cast<unsigned char>(seed + 1)),
      server_entropy(static_cast<unsigned char>(seed + 2)),
      cookies(server_entropy),
      client(std::make_unique<security::curve_client>(
        client_keys, server_keys.public_key, metadata_of(socket_type::dealer),
        client_entropy)),
      server(std::make_unique<security::curve_server>(
        server_keys, cookies, metadata_of(socket_type::router), asks,
        server_entropy)) {
  }

  [[nodiscard]] std::string hello() {
    return one(client->begin(out));
  }
  [[nodiscard]] std::string welcome(std::string_view hello_body) {
    return one(server->on_command(octets(hello_body), now, out));
  }
  [[nodiscard]] std::string initiate(std::string_view welcome_body) {
    return one(client->on_command(octets(welcome_body), now, out));
  }
  [[nodiscard]] std::string ready(std::string_view initiate_body) {
    return one(server->on_command(octets(initiate_body), now, out));
  }
  /// The command that was said; empty where there was a violation, or not one
  /// command.
  [[nodiscard]] std::string one(wire::verdict bad) {
    why = std::move(bad);
    const auto said = take_bodies(out);
    return why || said.size() != 1 ? std::string{} : said[0];
  }

  curve_pair client_keys = pair_from(100);
  curve_pair server_keys = pair_from(101);
  seeded_entropy client_entropy;
  seeded_entropy server_entropy;
  security::curve_cookies cookies;
  std::unique_ptr<security::curve_client> client;
  std::unique_ptr<security::curve_server> server;
  time_point now{std::chrono::hours{1}};
  std::string out;
  wire::verdict why; ///< of the last step
};

/// What a verdict says; none where all is well.
inline wire::protocol_detail detail_of(const wire::verdict& bad) {
  return bad ? bad->detail : wire::protocol_detail::none;
}

} // namespace zmqrt::security_test

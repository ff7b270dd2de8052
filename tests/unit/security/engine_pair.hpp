// SPDX-License-Identifier: MPL-2.0
//
// Two engines of one secured connection, from seeds, and what carries octets
// between them.

#pragma once

#include <string>
#include <vector>

#include "libzmqrt/security/plain_client.hpp"
#include "libzmqrt/security/plain_server.hpp"
#include "tests/unit/security/parties.hpp"

namespace zmqrt::security_test {

using wire_test::frames;
using wire_test::listener;

enum class secured : std::uint8_t { plain, curve, curve_asking };

/// A DEALER that connects to a ROUTER.
class engine_pair {
public:
  explicit engine_pair(secured by, wire::engine_options common = {})
    : parties_(by == secured::curve_asking),
      client(of_type(common, socket_type::dealer), true, client_of(by)),
      server(of_type(common, socket_type::router), true, server_of(by)) {
  }

  /// Carries all that was said, in pieces, until nobody has more to say; lets
  /// the client in where that is asked.
  void talk(std::size_t piece = 1 << 20) {
    for (std::size_t round = 0; round < 8; ++round) {
      carry(client, server, client_said, piece);
      answer();
      carry(server, client, server_said, piece);
    }
  }
  void answer() {
    if (!answers || server.questions.size() == answered_)
      return;
    answered_ = server.questions.size();
    wire::auth_answer in;
    in.status = status;
    in.user_id = "joe";
    in.metadata.set("Level", "9");
    server.engine.authenticated(in, server.now);
    server.drain();
  }

  /// What `from` writes for these messages.
  static std::string wire_of(listener& from,
                             const std::vector<frames>& messages) {
    batch canonical;
    batch_writer writer(from.source);
    bool fine = true;
    for (const frames& parts : messages) {
      message whole;
      for (const std::string& part : parts)
        whole.push_back(part);
      fine = writer.append(canonical, whole) && fine;
    }
    batch wire;
    fine = from.engine.transcode(canonical, wire) && fine;
    fine = fine && wire.messages() == canonical.messages();
    from.sound = from.sound && fine;
    return wire_test::flatten(wire);
  }

private:
  static wire::engine_options of_type(wire::engine_options out,
                                      socket_type type) {
    out.type = type;
    return out;
  }
  std::unique_ptr<wire::mechanism> client_of(secured by) {
    if (by == secured::plain)
      return std::make_unique<security::plain_client>(
        "admin", "secret", metadata_of(socket_type::dealer));
    return std::move(parties_.client);
  }
  std::unique_ptr<wire::mechanism> server_of(secured by) {
    if (by == secured::plain)
      return std::make_unique<security::plain_server>(
        metadata_of(socket_type::router));
    return std::move(parties_.server);
  }
  void carry(listener& from, listener& to, std::string& said,
             std::size_t piece) {
    std::string bytes;
    std::swap(bytes, from.output);
    said += bytes;
    if (how.said == &said && how.at < said.size()
        && how.at >= said.size() - bytes.size()) {
      char& octet = bytes[how.at - (said.size() - bytes.size())];
      octet = static_cast<char>(octet ^ how.mask);
    }
    to.feed(bytes, piece);
  }

  curve_parties parties_;
  std::size_t answered_ = 0;

public:
  listener client;
  listener server;
  std::string client_said; ///< and was carried
  std::string server_said;
  /// An octet to be changed on its way.
  struct change {
    const std::string* said = nullptr; ///< of what is said by whom
    std::size_t at = 0;
    int mask = 0;
  };
  change how;
  bool answers = true;
  std::uint32_t status = 200;
};

} // namespace zmqrt::security_test

// SPDX-License-Identifier: MPL-2.0
//
// A handshake that is played thrice: libzmq beside libzmq, which says how it
// ends; ours as the end that binds; ours as the end that connects. What both
// ends tell their monitors up to the end of the handshake, what their handlers
// were asked, and whether messages pass is the same each time.

#pragma once

#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "tests/interop/security/side.hpp"

namespace zmqrt::test {

/// What libzmq's events depend on beside what is played.
enum class chance {
  none,
  /// It leaves the other end alone when it has refused it, so that this one
  /// sees its own limit of time, or the loss: the refusing end closes at once.
  binding_end_stalls,
  connecting_end_stalls,
  /// Both ends find the same fault; the slower may see no more than the loss.
  either_may_be_first,
};

struct scenario {
  std::string name;
  json binds;                        ///< options of the end that binds
  json connects;                     ///< and of the other
  std::optional<zap_script> handler; ///< of the end that binds
  std::optional<zap_script> clients_handler = std::nullopt; ///< of the other
  chance depends = chance::none;
};

std::ostream& operator<<(std::ostream& out, const scenario& what);

/// What became of one end.
struct end_record {
  record events;
  std::vector<frames> asked; ///< the first request
  friend bool operator==(const end_record&, const end_record&) = default;
  friend std::ostream& operator<<(std::ostream& out, const end_record& one);
};

struct outcome {
  end_record bound;
  end_record connected;
  bool let_in = false; ///< messages pass, both ways; otherwise none does

  friend bool operator==(const outcome&, const outcome&) = default;
  friend std::ostream& operator<<(std::ostream& out, const outcome& one);
};

[[nodiscard]] outcome play(const scenario& what, const std::string& transport,
                           side& bound, side& connected);

/// libzmq beside libzmq; played once for each transport.
[[nodiscard]] const outcome& expected(const scenario& what,
                                      const std::string& transport);

/// Ours, as the one and as the other end, beside libzmq.
[[nodiscard]] outcome our_end_binds(const scenario& what, const place& where);
[[nodiscard]] outcome our_end_connects(const scenario& what,
                                       const place& where);

/// Both are as expected.
void require_as_libzmq(const scenario& what, const place& where);

// -- options ------------------------------------------------------------------

/// Pairs of keys in Z85, which protect nothing.
struct z85_pair {
  const char* public_key;
  const char* secret_key;
};
extern const z85_pair server_keys;
extern const z85_pair client_keys;
extern const z85_pair other_keys;

[[nodiscard]] json null_options();
[[nodiscard]] json plain_server();
[[nodiscard]] json plain_client(const std::string& password = "secret");
[[nodiscard]] json curve_server();
[[nodiscard]] json curve_client(const z85_pair& own = client_keys,
                                const char* servers = server_keys.public_key);

/// Both, the second one's where both have one.
[[nodiscard]] json operator+(json some, const json& more);

} // namespace zmqrt::test

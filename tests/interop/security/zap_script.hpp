// SPDX-License-Identifier: MPL-2.0
//
// What a ZAP handler of these tests says to each request (RFC 27), with either
// library. Values.

#pragma once

#include <string>
#include <utility>
#include <vector>

namespace zmqrt::test {

using frames = std::vector<std::string>;

struct zap_script {
  bool router = false;
  /// From the version frame on, or from the delimiter where it is a ROUTER's.
  /// "$id" is the request's. None: it never answers.
  std::vector<frames> replies;
};

/// A reply with one thing wrong, or none.
struct zap_says {
  std::string status = "200";
  std::string user = {};
  std::string metadata = {};
  std::string version = "1.0";
  std::string id = "$id";
  std::string text = "as told";

  [[nodiscard]] frames reply() const {
    return {version, id, status, text, user, metadata};
  }
};

[[nodiscard]] inline zap_script rep_says(const frames& reply) {
  return {false, {reply}};
}
[[nodiscard]] inline zap_script rep_says(const zap_says& what) {
  return rep_says(what.reply());
}
[[nodiscard]] inline zap_script router_says(frames reply,
                                            const std::string& delimiter = "") {
  reply.insert(reply.begin(), delimiter);
  return {true, {std::move(reply)}};
}
[[nodiscard]] inline zap_script router_says(const zap_says& what,
                                            const std::string& delimiter = "") {
  return router_says(what.reply(), delimiter);
}

/// A property as RFC 37 writes it, of less than 128 octets.
[[nodiscard]] inline std::string zap_property(const std::string& name,
                                              const std::string& value) {
  return std::string(1, static_cast<char>(name.size())) + name
         + std::string(3, '\0') + static_cast<char>(value.size()) + value;
}

} // namespace zmqrt::test

// SPDX-License-Identifier: MPL-2.0
//
// Who is reached by which routing id (RFC 28, "The ROUTER Socket Type"): an id
// belongs to one pipe at a time. Looking up allocates nothing. Pure.

#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "libzmqrt/patterns/pattern.hpp"

namespace zmqrt::patterns {

class routing_table {
public:
  /// Who has this id; no_pipe: nobody.
  [[nodiscard]] pipe_id find(std::string_view id) const noexcept {
    const auto at = pipes_.find(id);
    return at == pipes_.end() ? no_pipe : at->second;
  }
  /// The pipe's id; it stays when the pipe is no longer reached by it, until
  /// forget().
  [[nodiscard]] const frame& id_of(pipe_id pipe) const noexcept {
    return ids_[pipe];
  }
  [[nodiscard]] bool knows(pipe_id pipe) const noexcept {
    return pipe < ids_.size() && ids_[pipe].size() != 0;
  }
  /// The id is that pipe's from now on; nobody may have it.
  void enter(std::string_view id, pipe_id pipe);
  /// Nobody is reached by this pipe's id any more.
  void withdraw(pipe_id pipe) noexcept;
  void forget(pipe_id pipe) noexcept;
  /// One that nobody has: a zero octet, which no peer may start with (RFC 28),
  /// and a number, as libzmq makes them.
  [[nodiscard]] std::string make_id();

private:
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const noexcept {
      return std::hash<std::string_view>{}(text);
    }
  };

  std::unordered_map<std::string, pipe_id, hash, std::equal_to<>> pipes_;
  std::vector<frame> ids_; // by pipe
  std::uint32_t last_made_ = 0;
};

} // namespace zmqrt::patterns

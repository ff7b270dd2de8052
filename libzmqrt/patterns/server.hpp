// SPDX-License-Identifier: MPL-2.0
//
// SERVER (RFC 41) and PEER (RFC 51): a message's routing id, a number, says to
// which peer it goes, or from which it came. No peer chooses its own.

#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "libzmqrt/patterns/fair_queue.hpp"
#include "libzmqrt/patterns/pipe_flags.hpp"

namespace zmqrt::patterns {

class server final : public pattern {
public:
  looks sees() const noexcept override;
  bool attach(pipe_id pipe) override;
  void detach(pipe_id pipe) override;
  void retire(pipe_id pipe) override;
  void set_writable(pipe_id pipe, bool writable) override;
  void set_readable(pipe_id pipe, bool readable) override;
  bool plugged(pipe_id pipe, const peer& who, pipe_id& evicted) override;
  frame name_of(pipe_id pipe) const override;
  std::optional<pipe_id> find(std::string_view routing_id) const override;
  pipe_id next_out() noexcept override;
  pipe_id next_in() noexcept override;
  void received(pipe_id pipe) noexcept override;
  delivery route(const message& what) override;
  bool arrived(pipe_id pipe, message& what) override;
  std::string reserve_name() override;

private:
  void enter(pipe_id pipe, std::uint32_t id);
  [[nodiscard]] std::uint32_t unused_id() noexcept;

  fair_queue in_;
  pipe_flags writable_;
  std::vector<std::uint32_t> ids_; // by pipe; it stays until detach()
  std::unordered_map<std::uint32_t, pipe_id> pipes_; // by id
  std::uint32_t last_id_ = 0;
};

/// A routing id as the name of a pipe (patterns::peer), and back; 0 for what
/// is no such name.
[[nodiscard]] std::string name_of_route(std::uint32_t id);
[[nodiscard]] std::uint32_t route_of_name(std::string_view name) noexcept;

} // namespace zmqrt::patterns

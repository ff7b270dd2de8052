// SPDX-License-Identifier: MPL-2.0
//
// A message that is sent part by part (the C API's SNDMORE): its frames wait
// here, outside the gate's lock, until commit(). One thread at a time.

#pragma once

#include <cstdint>

#include "actors/gate/gate.hpp"
#include "zmqrt/message.hpp"

namespace zmqrt::actors {

/// Between open() and commit() or abandon() it holds credit of a pipe, unless
/// the pattern looks at messages; one of the two must be called before it goes.
class gate::draft {
public:
  [[nodiscard]] bool is_open() const noexcept {
    return open_;
  }
  [[nodiscard]] std::size_t parts() const noexcept {
    return whole_.size();
  }

private:
  friend class gate;

  void close() noexcept;

  bool open_ = false;
  pipe_id pipe_ = patterns::no_pipe; // that has it reserved
  std::uint64_t serial_ = 0;
  message whole_;
  std::size_t bytes_ = 0;
};

} // namespace zmqrt::actors

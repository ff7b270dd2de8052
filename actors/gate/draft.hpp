// SPDX-License-Identifier: MPL-2.0
//
// A message that is sent part by part (the C API's SNDMORE): its frames wait
// here, outside the gate's lock, until commit(). One thread at a time.

#pragma once

#include <cstdint>
#include <optional>

#include "actors/gate/gate.hpp"
#include "libzmqrt/message/batch.hpp"
#include "zmqrt/frame.hpp"

namespace zmqrt::actors {

/// Between open() and commit() or abandon() it holds credit of a pipe, or,
/// where the pattern looks at messages, only the frames; one of the two must be
/// called before it goes.
class gate::draft {
public:
  draft();

  [[nodiscard]] bool is_open() const noexcept {
    return pipe_ != patterns::no_pipe || wait_;
  }

private:
  friend class gate;

  void close() noexcept;

  pipe_id pipe_ = patterns::no_pipe;
  std::uint64_t serial_ = 0;
  batch staged_;
  batch_writer writer_;
  std::size_t parts_ = 0;
  std::size_t bytes_ = 0;
  std::optional<frame> last_; // whether more follows is not known yet
  // Where the pattern looks at messages: what it will see, and how long
  // commit() may wait.
  message whole_;
  std::optional<patience> wait_;
};

} // namespace zmqrt::actors

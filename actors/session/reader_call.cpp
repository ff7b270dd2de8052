// SPDX-License-Identifier: MPL-2.0
//
// See reader_call.hpp.

#include "actors/session/reader_call.hpp"

#include <utility>

namespace zmqrt::actors {

namespace {

/// Messages of this size and more are worth it: of smaller ones a read brings
/// so many that the reader should begin with them at once.
constexpr std::size_t large = std::size_t{8} * 1024;
/// Who waits, waits for so many bytes at most.
constexpr std::size_t enough = std::size_t{1024} * 1024;

} // namespace

bool reader_call::defers(std::uint64_t messages, std::size_t bytes) {
  const bool waits = gathered_ != 0;
  gathered_ += bytes;
  if (bytes / large < messages || gathered_ >= enough) {
    gathered_ = 0;
    return false;
  }
  more_came_ = true;
  if (!waits)
    loop_.post(shared_from_this());
  return true;
}

void reader_call::run() noexcept {
  if (gathered_ == 0)
    return;
  if (std::exchange(more_came_, false)) {
    loop_.post(shared_from_this());
    return;
  }
  gathered_ = 0;
  door_->call_receiver();
}

} // namespace zmqrt::actors

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

} // namespace

bool reader_call::defers(std::uint64_t messages, std::size_t bytes) {
  if (bytes / large < messages) {
    owed_ = false;
    return false;
  }
  more_came_ = true;
  if (!std::exchange(owed_, true))
    loop_.post(shared_from_this());
  return true;
}

void reader_call::run() noexcept {
  if (!owed_)
    return;
  if (std::exchange(more_came_, false)) {
    loop_.post(shared_from_this());
    return;
  }
  owed_ = false;
  door_->call_receiver();
}

} // namespace zmqrt::actors

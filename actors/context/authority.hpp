// SPDX-License-Identifier: MPL-2.0
//
// Whom a context asks who may come in (zmqrt::set_authenticator()). Any
// thread.

#pragma once

#include <mutex>
#include <utility>

#include "zmqrt/actors.hpp"

namespace zmqrt::actors {

class authority {
public:
  /// Null: a ZAP handler again.
  void set(authenticator who) {
    std::lock_guard guard{mutex_};
    who_.swap(who);
  }
  [[nodiscard]] authenticator get() const {
    std::lock_guard guard{mutex_};
    return who_;
  }

private:
  mutable std::mutex mutex_;
  authenticator who_;
};

} // namespace zmqrt::actors

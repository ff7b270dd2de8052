// SPDX-License-Identifier: MPL-2.0
//
// How the C API's small objects begin: made and opened in one go. Any thread.

#pragma once

#include <memory>
#include <utility>

#include "actors/c_api/answer.hpp"
#include "actors/c_api/handle_table.hpp"

namespace zmqrt::c_api {

/// The handle of a new object; null, with errno set: ENOMEM, or what the
/// constructor throws.
template <class Object, class... Arguments>
[[nodiscard]] void* new_handle(Arguments&&... arguments) noexcept {
  try {
    std::unique_ptr<Object> made{
      new Object{std::forward<Arguments>(arguments)...}};
    void* const handle = open_handle(made.get());
    if (handle == nullptr)
      return refused(ENOMEM);
    (void)made.release(); // the handle's now
    return handle;
  } catch (...) {
    return refused(caught());
  }
}

} // namespace zmqrt::c_api

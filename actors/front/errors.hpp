// SPDX-License-Identifier: MPL-2.0
//
// The errors that a front answers.

#pragma once

#include <cstddef>
#include <string>
#include <system_error>

#include <caf/error.hpp>

#include "zmqrt/actors/errors.hpp"

namespace zmqrt::actors {

/// As the verbs of a handle say it.
[[nodiscard]] caf::error caf_error(const error& thrown);
[[nodiscard]] inline caf::error caf_error(errc why, std::string_view subject,
                                          std::string_view rule) {
  return as_caf_error(make_error_code(why), subject, rule);
}
/// Of a message that was not accepted.
[[nodiscard]] caf::error send_error(std::error_code why);
/// Of the message behind `done` of `all`.
[[nodiscard]] caf::error batch_error(std::error_code why, std::size_t done,
                                     std::size_t all);

} // namespace zmqrt::actors

// SPDX-License-Identifier: MPL-2.0
//
// Errors between actors: caf::error in a category of zmqrt's, "zmqrt". What
// the verbs of a handle throw, an actor answers so, and gives as the reason of
// its end. Any thread.

#pragma once

#include <string>
#include <string_view>
#include <system_error>

#include <caf/error.hpp>

#include "zmqrt/error.hpp"
#include "zmqrt/export.hpp"

namespace zmqrt {

/// `why` as an error of ours, about `subject` (an endpoint, an option), with
/// the broken rule in words. No code: no error.
[[nodiscard]] ZMQRT_EXPORT caf::error
as_caf_error(std::error_code why, std::string_view subject = {},
             std::string_view rule = {});

/// What as_caf_error() was given. Of a socket actor that is over CAF itself
/// answers (sec::request_receiver_down): not_a_socket. None where `from` is
/// another one. `code_of(x) == errc::again`.
[[nodiscard]] ZMQRT_EXPORT std::error_code code_of(const caf::error& from);

/// Of an error of ours: what it is about, and zmqrt::error's words for it;
/// else what CAF knows of it.
[[nodiscard]] ZMQRT_EXPORT std::string explain(const caf::error& from);

} // namespace zmqrt

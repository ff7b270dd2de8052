// SPDX-License-Identifier: MPL-2.0
//
// Whether this is a draft build of libzmq or a stable one, which knows no draft
// types (zmq_socket(3): EINVAL). One of stable/ and draft/ is linked.

#pragma once

namespace zmqrt::c_api {

/// The library has libzmq's draft functions and types.
[[nodiscard]] bool offers_drafts() noexcept;

} // namespace zmqrt::c_api

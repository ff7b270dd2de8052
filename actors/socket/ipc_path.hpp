// SPDX-License-Identifier: MPL-2.0
//
// A path for `ipc://*` (zmq_ipc(7), "wild-card"): a name of 64 random bits
// under TMPDIR, or /tmp.

#pragma once

#include <cstdint>
#include <string>

namespace zmqrt::actors {

[[nodiscard]] std::string fresh_ipc_path(std::uint64_t random);

} // namespace zmqrt::actors

// SPDX-License-Identifier: MPL-2.0
//
// What a socket's options mean to the layers below: the wire engine and the
// streams.

#pragma once

#include "libzmqrt/options/socket_options.hpp"
#include "libzmqrt/wire/engine.hpp"
#include "transports/stream.hpp"

namespace zmqrt::actors {

[[nodiscard]] wire::engine_options
make_engine_options(socket_type type, bool accepted,
                    const socket_options& options);

[[nodiscard]] transports::stream_options
make_stream_options(const socket_options& options);

} // namespace zmqrt::actors

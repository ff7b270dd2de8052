// SPDX-License-Identifier: MPL-2.0
//
// ERROR in PLAIN. libzmq's source spells it "\x05ERROR", of which a compiler
// makes the octet 5E and "RROR": so all of 4.x sends it, and no other does its
// client understand. A server here says what libzmq's says; a client reads
// that and the command of RFC 24.

#pragma once

#include <string_view>

namespace zmqrt::security {

/// With what follows where RFC 24 has the name and its size.
inline constexpr std::string_view libzmq_plain_error = "\x5e"
                                                       "RROR";

} // namespace zmqrt::security

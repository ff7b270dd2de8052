// SPDX-License-Identifier: MPL-2.0
//
// See dgram.hpp.

#include "libzmqrt/patterns/dgram.hpp"

#include "libzmqrt/endpoint/datagram_peer.hpp"

namespace zmqrt::patterns {

pattern::looks dgram::sees() const noexcept {
  return {true, false, false};
}

delivery dgram::route(const message& what) {
  if (what.size() != 2 || !parse_datagram_peer(what[0].view()))
    return {delivery::kind::refused, errc::invalid_argument};
  if (what[1].size() > longest_datagram)
    return {delivery::kind::refused, errc::message_too_long};
  delivery how;
  how.pipe = next_out();
  if (how.pipe != no_pipe)
    how.what = delivery::kind::to_one;
  return how;
}

} // namespace zmqrt::patterns

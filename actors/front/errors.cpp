// SPDX-License-Identifier: MPL-2.0
//
// zmqrt's errors as caf::error, and back.

#include "actors/front/errors.hpp"

#include <caf/sec.hpp>

#include "actors/caf_compat.hpp"
#include "zmqrt/actors/errors.hpp"

namespace zmqrt {

caf::error as_caf_error(std::error_code why, std::string_view subject,
                        std::string_view rule) {
  if (!why)
    return {};
  return actors::our_error(why, error{why, subject, rule}.what());
}

std::error_code code_of(const caf::error& from) {
  int code = 0;
  std::string words;
  if (actors::is_ours(from, code, words))
    return errno_code(code);
  return from == caf::sec::request_receiver_down
           ? make_error_code(errc::not_a_socket)
           : std::error_code{};
}

std::string explain(const caf::error& from) {
  int code = 0;
  std::string words;
  return actors::is_ours(from, code, words) ? words : to_string(from);
}

namespace actors {

caf::error caf_error(const error& thrown) {
  return our_error(thrown.code(), thrown.what());
}

caf::error send_error(std::error_code why) {
  if (why == errc::again)
    return as_caf_error(why, "send", "there is no room, or not in time");
  if (why == errc::not_supported)
    return as_caf_error(why, "send", "the socket type does not do that");
  if (why == errc::invalid_argument)
    return as_caf_error(why, "send", "a message needs at least one frame");
  return as_caf_error(why, "send");
}

caf::error batch_error(std::error_code why, std::size_t done, std::size_t all) {
  if (done == 0)
    return send_error(why);
  return as_caf_error(why, "send_batch",
                      std::to_string(done) + " of " + std::to_string(all)
                        + " messages were sent");
}

} // namespace actors

} // namespace zmqrt

// SPDX-License-Identifier: MPL-2.0
//
// What an answer means for the connection. See the header.

#include "libzmqrt/wire/authentication.hpp"

#include "libzmqrt/wire/commands.hpp"

namespace zmqrt::wire {

verdict judge(const auth_answer& answer, std::string& out) {
  if (answer.status == 200)
    return {};
  if (answer.status != 300) {
    const std::string status = std::to_string(answer.status);
    append_command(out, "ERROR", static_cast<char>(status.size()) + status);
  }
  verdict why = refused(errc::access_denied);
  why->auth_status = answer.status;
  return why;
}

} // namespace zmqrt::wire

// SPDX-License-Identifier: MPL-2.0
//
// Any frames as a ZAP reply, each with its size in an octet in front: an answer
// with one of the four statuses, or a code of libzmq's for what is wrong.

#include <cstdlib>

#include "libzmqrt/security/zap.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  using namespace zmqrt;
  std::string_view left{reinterpret_cast<const char*>(data), size};
  message reply;
  while (!left.empty()) {
    const std::size_t wanted = static_cast<unsigned char>(left[0]);
    reply.push_back(left.substr(1, wanted));
    left.remove_prefix(std::min(left.size(), 1 + wanted));
  }
  wire::auth_answer out;
  const wire::verdict bad = security::parse_zap_reply(reply, "1", out);
  const auto detail = bad ? static_cast<std::uint32_t>(bad->detail) : 0;
  if (bad ? detail < 0x20000000 || detail > 0x20000004
          : out.status % 100 != 0 || out.status < 200 || out.status > 500)
    std::abort();
  return 0;
}

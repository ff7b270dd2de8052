// SPDX-License-Identifier: MPL-2.0
//
// The engine from its first octet on, in both roles, with input in pieces:
// what it says is sound (see listener), and nothing follows `closed`.

#include "tests/unit/wire/transcripts.hpp"

using namespace zmqrt;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 2)
    return 0;
  auto options =
    wire_test::options_of(static_cast<socket_type>(data[0] % socket_types));
  options.raw = options.type == socket_type::stream;
  options.listening = data[0] > 127;
  options.max_message_size = data[0] % 3 == 0 ? 1000 : -1;
  options.heartbeat_interval = options.heartbeat_timeout = duration{2};
  wire_test::listener to(options);
  to.source.refuse_above = 1 << 20;
  to.direct = true;
  const std::string bytes(data, data + size);
  for (std::size_t at = 2; at < size; at += std::size_t{1} + data[1]) {
    to.feed(bytes.substr(at, std::size_t{1} + data[1]));
    to.tick(duration{1});
  }
  return to.sound ? 0 : (__builtin_trap(), 0);
}

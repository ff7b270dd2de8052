// SPDX-License-Identifier: MPL-2.0
//
// The receive path of both framings: in pieces of any size, the same octets
// give the same messages and the same end.

#include "tests/unit/wire/transcripts.hpp"

using namespace zmqrt::wire_test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 2)
    return 0;
  const std::string bytes(data, data + size);
  const auto options = options_of(zmqrt::socket_type::pull);
  listener whole(options), split(options);
  split.direct = true;
  for (listener* to : {&whole, &split}) {
    to->source.refuse_above = 1 << 20;
    to->feed((data[0] & 1) != 0 ? handshake_1() : handshake_3("PUSH"));
  }
  whole.feed(std::string_view(bytes).substr(2));
  split.feed(std::string_view(bytes).substr(2), std::size_t{1} + data[1]);
  if (!whole.sound || !split.sound || whole.messages != split.messages
      || whole.closed.has_value() != split.closed.has_value())
    __builtin_trap();
  return 0;
}

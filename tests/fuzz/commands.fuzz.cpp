// SPDX-License-Identifier: MPL-2.0
//
// Command bodies and metadata: every parser, on anything.

#include "libzmqrt/wire/commands.hpp"

#include "libzmqrt/wire/metadata.hpp"
#include "libzmqrt/wire/null_mechanism.hpp"

using namespace zmqrt::wire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const std::span body{reinterpret_cast<const std::byte*>(data), size};
  ping question;
  std::string out;
  zmqrt::peer_properties properties;
  if (!parse_ping(body, question))
    append_pong(out, question.context);
  static_cast<void>(parse_error(body, out));
  static_cast<void>(parse_metadata(body, properties));
  null_mechanism null({});
  if (!null.on_command(body, {}, out) && !null.complete())
    __builtin_trap();
  return 0;
}

// SPDX-License-Identifier: MPL-2.0
//
// What any peer says to a client of PLAIN: sound, and ready only where it
// was let in.

#include "libzmqrt/security/plain_client.hpp"

#include "tests/unit/wire/transcripts.hpp"

using namespace zmqrt;
using namespace zmqrt::wire_test;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 2)
    return 0;
  listener to(
    options_of(socket_type::dealer), true,
    std::make_unique<security::plain_client>("admin", "secret", std::string{}));
  to.source.refuse_above = 1 << 20;
  to.feed(greeting_3("01", "504c41494e"));
  wire::auth_answer answer;
  answer.status = data[0] % 4 == 0 ? 400 : 200;
  const std::string bytes(data + 2, data + size);
  for (std::size_t at = 0; at < bytes.size(); at += std::size_t{1} + data[1]) {
    to.feed(std::string_view(bytes).substr(at, std::size_t{1} + data[1]));
    if (!to.questions.empty())
      to.engine.authenticated(answer, to.now);
    to.drain();
  }
  const bool refused = answer.status != 200 && !to.questions.empty();
  return to.sound && !(refused && to.ready != 0) ? 0 : (__builtin_trap(), 0);
}

// SPDX-License-Identifier: MPL-2.0
//
// See security.hpp.

#include "tools/bench/security.hpp"

#include <array>
#include <utility>

#include "tools/bench/libzmq_raii.hpp"

namespace zmqrt::bench {

namespace {

key_pair make_pair() {
  constexpr std::size_t characters = 40;
  char open[characters + 1];
  char secret[characters + 1];
  check_zmq(zmq_curve_keypair(open, secret) == 0, "zmq_curve_keypair");
  return {open, secret};
}

/// What comes after the request's version and number.
constexpr std::array<std::string_view, 4> welcome{"200", "OK", "", ""};

} // namespace

plan with_keys(plan what) {
  if (what.mechanism == "curve") {
    what.server_keys = make_pair();
    what.client_keys = make_pair();
  }
  return what;
}

bool let_in(void* door) {
  char asked[2][256];
  int sizes[2];
  for (int i = 0; i < 2; ++i) {
    sizes[i] = zmq_recv(door, asked[i], sizeof asked[i], 0);
    if (sizes[i] < 0)
      return false;
  }
  int more = 1;
  for (auto size = sizeof more; more != 0;) { // what we do not look at
    char ignored[256];
    zmq_recv(door, ignored, sizeof ignored, 0);
    zmq_getsockopt(door, ZMQ_RCVMORE, &more, &size);
  }
  for (int i = 0; i < 2; ++i)
    zmq_send(door, asked[i], static_cast<std::size_t>(sizes[i]), ZMQ_SNDMORE);
  for (const auto& each : welcome)
    zmq_send(door, each.data(), each.size(),
             &each == &welcome.back() ? 0 : ZMQ_SNDMORE);
  return true;
}

void let_in(zmqrt::socket& door) {
  const auto asked = door.recv();
  message answer{asked[0].view(), asked[1].view()};
  for (const auto each : welcome)
    answer.push_back(each);
  door.send(std::move(answer));
}

} // namespace zmqrt::bench

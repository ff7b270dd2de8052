// SPDX-License-Identifier: MPL-2.0
//
// Reading what a monitor tells (zmq_socket_monitor(3)).

#pragma once

#include <cstdint>
#include <cstring>
#include <ostream>
#include <string>
#include <vector>

#include "tests/c_api/scene.hpp"

namespace zmqrt::test {

/// The frames of one message.
inline std::vector<std::string> next_frames(const socket& from) {
  std::vector<std::string> frames;
  for (bool more = true; more;) {
    zmq_msg_t part;
    REQUIRE(zmq_msg_init(&part) == 0);
    REQUIRE(zmq_msg_recv(&part, from, 0) >= 0);
    frames.emplace_back(static_cast<const char*>(zmq_msg_data(&part)),
                        zmq_msg_size(&part));
    more = zmq_msg_more(&part) != 0;
    zmq_msg_close(&part);
  }
  return frames;
}

template <class Number>
Number number_at(const std::string& bytes, std::size_t at) {
  Number made{};
  REQUIRE(bytes.size() >= at + sizeof made);
  std::memcpy(&made, bytes.data() + at, sizeof made);
  return made;
}

struct told {
  unsigned event = 0;
  std::uint32_t value = 0;
  std::string endpoint;
};

/// What the next message says, in the format of version 1.
inline told next_event(const socket& from) {
  const auto frames = next_frames(from);
  REQUIRE(frames.size() == 2);
  REQUIRE(frames[0].size() == 6);
  return {number_at<std::uint16_t>(frames[0], 0),
          number_at<std::uint32_t>(frames[0], 2), frames[1]};
}

/// Events up to this one.
inline std::vector<told> events_until(const socket& from, unsigned last) {
  std::vector<told> all;
  do
    all.push_back(next_event(from));
  while (all.back().event != last);
  return all;
}

inline std::vector<unsigned> kinds(const std::vector<told>& of) {
  std::vector<unsigned> all;
  for (const told& each : of)
    all.push_back(each.event);
  return all;
}

} // namespace zmqrt::test

// SPDX-License-Identifier: MPL-2.0
//
// zmqrt through its public face only.

#include "tests/interop/zmqrt_side.hpp"

#include <algorithm>

#include "tests/support/process.hpp"

namespace zmqrt::test {

socket make_socket(context& owner, socket_type type) {
  auto made = owner.socket(type);
  made.set(option::sndtimeo, process::patience);
  made.set(option::rcvtimeo, process::patience);
  return made;
}

message make_message(const traffic& what, std::uint64_t index, checksum& sum) {
  message made;
  for (std::uint64_t f = 0; f < what.frames; ++f) {
    const auto bytes = make_frame(what, index, f);
    sum.add(bytes, f + 1 < what.frames);
    made.push_back(frame{bytes});
  }
  return made;
}

void add_message(checksum& sum, const message& what) {
  for (std::size_t f = 0; f < what.size(); ++f)
    sum.add(what[f].bytes(), f + 1 < what.size());
}

std::uint32_t send_traffic(socket& to, const traffic& what) {
  checksum sum;
  for (std::uint64_t i = 0; i < what.count; ++i)
    to.send(make_message(what, what.first + i, sum));
  return sum.value();
}

std::uint32_t recv_traffic(socket& from, std::uint64_t count) {
  checksum sum;
  for (std::uint64_t i = 0; i < count; ++i)
    add_message(sum, from.recv());
  return sum.value();
}

event await_event(monitor& from, event_kind kind) {
  return await_event(from, {kind});
}

event await_event(monitor& from, std::initializer_list<event_kind> kinds) {
  std::string seen;
  for (;;) {
    const auto next = from.recv_for(process::patience);
    INFO("events so far:" << seen);
    REQUIRE(next);
    if (std::find(kinds.begin(), kinds.end(), next->kind) != kinds.end())
      return *next;
    seen += ' ';
    seen += to_string(next->kind);
  }
}

link::link(const place& home, socket_type type, implementation other,
           const std::string& peer_type, const json& peer_options)
  : where(home), theirs(other), ctx(make_context(home.backend)),
    ours(make_socket(ctx, type)) {
  theirs.open(peer_type, peer_options);
}

void link::join(bool we_bind) {
  const auto endpoint = fresh_endpoint(where.transport, directory);
  if (we_bind)
    theirs.connect(ours.bind(endpoint));
  else
    ours.connect(theirs.bind(endpoint));
}

void link::require_out(const traffic& what) {
  theirs.start_recv(what.count);
  const auto sum = send_traffic(ours, what);
  REQUIRE(theirs.received() == sum);
}

void link::require_in(const traffic& what) {
  theirs.start_send(what);
  const auto sum = recv_traffic(ours, what.count);
  REQUIRE(theirs.sent() == sum);
}

} // namespace zmqrt::test

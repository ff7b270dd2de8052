// SPDX-License-Identifier: MPL-2.0
//
// See proxy_lane.hpp.

#include "actors/handles/proxy_lane.hpp"

#include <algorithm>
#include <vector>

#include "actors/handles/door_of.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt::actors {

namespace {

constexpr std::size_t at_once = 256; // messages between two looks at control

/// How many were sent; 0: a signal came, or what `allowed` says.
std::size_t send_some(const socket& to, std::span<message> what, patience limit,
                      errc allowed = errc::interrupted) {
  std::size_t count = 0;
  const auto why = door_of(to)->send_batch(what, limit, count);
  if (why && why != errc::interrupted && why != allowed)
    throw error{why, "proxy", "it could not be sent"};
  return count;
}

/// The message may go another time; or else nobody will ever take it.
bool may_go_yet(const error& failed) noexcept {
  return failed.code() == errc::again || failed.code() == errc::terminated
         || failed.code() == errc::not_a_socket;
}

} // namespace

void proxy_count::add(std::span<const message> what) {
  messages += what.size();
  for (const message& each : what)
    for (std::size_t i = 0; i < each.size(); ++i)
      bytes += each[i].size();
}

proxy_lane::proxy_lane(const socket& from, const socket& to,
                       const socket& capture, proxy_rest& rest,
                       bool interruptible)
  : from_(from), to_(to), capture_(capture), rest_(rest),
    interruptible_(interruptible), waits_for_room_(!rest.held.empty()) {
  received_.add(rest_.held);
}

proxy_lane::~proxy_lane() {
  drop_sent();
}

poll_events proxy_lane::wants(const socket& at) const {
  if (waits_for_room_)
    return at == to_ ? poll_events::out : poll_events::none;
  return at == from_ ? poll_events::in : poll_events::none;
}

bool proxy_lane::step() {
  // A socket that is answered by itself (a REP) has room once it was read.
  const bool reads_first = from_ == to_ && rest_.held.empty();
  waits_for_room_ = !reads_first && !door_of(to_)->writable();
  if (waits_for_room_)
    return true;
  if (rest_.held.empty())
    read();
  if (!capture())
    return false;
  if (!rest_.held.empty())
    pass_on(patience::never(), errc::again);
  waits_for_room_ = !rest_.held.empty();
  return true;
}

bool proxy_lane::finish() {
  if (!capture())
    return false;
  while (!rest_.held.empty())
    if (pass_on(waiting(to_), errc::interrupted) == 0)
      return false;
  return true;
}

proxy_count proxy_lane::sent() const {
  proxy_count here;
  here.add(std::span{rest_.held}.subspan(gone_));
  return {received_.messages - here.messages, received_.bytes - here.bytes};
}

patience proxy_lane::waiting(const socket& to) const {
  patience limit = door_of(to)->send_patience();
  limit.interruptible = interruptible_;
  return limit;
}

void proxy_lane::read() {
  const auto why =
    door_of(from_)->recv_batch(rest_.held, at_once, patience::never());
  if (why && why != errc::again)
    throw error{why, "proxy", "it could not be received"};
  rest_.captured = 0;
  received_.add(rest_.held);
}

bool proxy_lane::capture() {
  if (!capture_ || rest_.captured == rest_.held.size())
    return true;
  const auto fresh = std::span{rest_.held}.subspan(rest_.captured);
  std::vector<message> copies(fresh.begin(), fresh.end());
  for (std::span<message> rest{copies}; !rest.empty();) {
    const std::size_t count = send_some(capture_, rest, waiting(capture_));
    if (count == 0)
      return false;
    rest = rest.subspan(count);
    rest_.captured += count;
  }
  return true;
}

std::size_t proxy_lane::pass_on(patience limit, errc allowed) {
  std::size_t count = 0;
  try {
    count =
      send_some(to_, std::span{rest_.held}.subspan(gone_), limit, allowed);
  } catch (const error& failed) {
    gone_ += may_go_yet(failed) ? 0 : 1;
    throw;
  }
  gone_ += count;
  if (gone_ == rest_.held.size())
    drop_sent();
  return count;
}

void proxy_lane::drop_sent() {
  const auto begin = rest_.held.begin();
  rest_.held.erase(begin, begin + static_cast<std::ptrdiff_t>(gone_));
  rest_.captured -= std::min(rest_.captured, gone_);
  gone_ = 0;
}

} // namespace zmqrt::actors

// SPDX-License-Identifier: MPL-2.0
//
// The proxies: two lanes, and what steers them.

#include "zmqrt/proxy.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "actors/handles/door_of.hpp"
#include "actors/handles/poller_core.hpp"
#include "actors/handles/proxy_lane.hpp"
#include "actors/handles/proxy_run.hpp"
#include "actors/handles/socket_body.hpp"
#include "zmqrt/error.hpp"

namespace zmqrt {

namespace {

using actors::door_of;
using actors::proxy_count;
using actors::proxy_lane;
using actors::proxy_outcome;

class proxy_loop {
public:
  proxy_loop(const actors::proxy_sides& sides, actors::proxy_rests& rests,
             bool interruptible)
    : sides_(sides), forth_(sides.frontend, sides.backend, sides.capture,
                            rests.forth, interruptible),
      back_(sides.backend, sides.frontend, sides.capture, rests.back,
            interruptible),
      all_(std::make_shared<actors::poller_core>()) {
    if (interruptible)
      all_->end_at_signals();
    add(sides.frontend, poll_events::none);
    if (sides.backend != sides.frontend)
      add(sides.backend, poll_events::none);
    if (sides.control)
      add(sides.control, poll_events::in);
  }

  proxy_outcome run() {
    while (!ended_) {
      watch();
      if (all_->wait(ready_, std::nullopt) == 0 && all_->was_signalled())
        return proxy_outcome::interrupted;
      for (const auto& each : ready_) {
        if (has(each.events, poll_events::error))
          return proxy_outcome::closed;
        if (sides_.control && each.socket == sides_.control)
          obey();
      }
      for (proxy_lane* const each : {&forth_, &back_})
        if (!paused_ && is_ready(*each) && !each->step())
          return proxy_outcome::interrupted;
    }
    const bool finished = forth_.finish() && back_.finish();
    return finished ? proxy_outcome::told : proxy_outcome::interrupted;
  }

private:
  void add(const socket& which, poll_events wanted) {
    all_->add(door_of(which), actors::socket_access::body(which),
              static_cast<unsigned>(wanted), 0);
  }

  [[nodiscard]] poll_events wants(const socket& at) const {
    return paused_ ? poll_events::none : forth_.wants(at) | back_.wants(at);
  }

  void watch() {
    change(sides_.frontend, at_frontend_);
    if (sides_.backend != sides_.frontend)
      change(sides_.backend, at_backend_);
  }

  void change(const socket& at, poll_events& now) {
    const auto next = wants(at);
    if (next != now)
      all_->modify(*door_of(at), static_cast<unsigned>(next));
    now = next;
  }

  [[nodiscard]] bool is_ready(const proxy_lane& which) const {
    for (const auto& each : ready_)
      if (has(each.events, which.wants(each.socket)))
        return true;
    return false;
  }

  void obey() {
    while (const auto what = sides_.control.try_recv()) {
      const auto word = what->str();
      paused_ = word == "PAUSE" || (paused_ && word != "RESUME");
      ended_ = ended_ || word == "TERMINATE";
      if (word == "STATISTICS")
        answer(statistics());
      else if (sides_.control.type() == socket_type::rep)
        answer(message{std::string_view{}});
    }
  }

  void answer(message&& what) {
    try {
      (void)sides_.control.try_send(std::move(what));
    } catch (const error& failed) {
      if (failed.code() != errc::not_supported)
        throw;
    }
  }

  [[nodiscard]] message statistics() const {
    message all;
    for (const proxy_count& each :
         {forth_.received(), back_.sent(), back_.received(), forth_.sent()})
      for (const std::uint64_t number : {each.messages, each.bytes}) {
        std::array<char, sizeof number> bytes;
        std::memcpy(bytes.data(), &number, sizeof number);
        all.push_back(std::string_view{bytes.data(), bytes.size()});
      }
    return all;
  }

  actors::proxy_sides sides_;
  proxy_lane forth_;
  proxy_lane back_;
  std::shared_ptr<actors::poller_core> all_;
  std::vector<poll_result> ready_;
  poll_events at_frontend_ = poll_events::none;
  poll_events at_backend_ = poll_events::none;
  bool paused_ = false;
  bool ended_ = false;
};

} // namespace

namespace actors {

proxy_outcome run_proxy(const proxy_sides& sides, proxy_rests& rests,
                        bool interruptible) {
  for (const socket& each : {sides.frontend, sides.backend})
    if (!each)
      throw error{make_error_code(errc::not_a_socket), "proxy",
                  "it needs a frontend and a backend"};
  try {
    return proxy_loop{sides, rests, interruptible}.run();
  } catch (const error& failed) {
    if (failed.code() == errc::terminated
        || failed.code() == errc::not_a_socket)
      return proxy_outcome::closed;
    throw;
  }
}

} // namespace actors

proxy_end proxy(const socket& frontend, const socket& backend,
                const socket& capture) {
  return proxy_steerable(frontend, backend, capture, {});
}

proxy_end proxy_steerable(const socket& frontend, const socket& backend,
                          const socket& capture, const socket& control) {
  actors::proxy_rests rests;
  const auto how =
    actors::run_proxy({frontend, backend, capture, control}, rests, false);
  return how == proxy_outcome::told ? proxy_end::told : proxy_end::closed;
}

} // namespace zmqrt

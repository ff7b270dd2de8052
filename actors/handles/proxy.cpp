// SPDX-License-Identifier: MPL-2.0
//
// The proxies: two lanes, each of which waits either for something to read or
// for room where it goes.

#include "zmqrt/proxy.hpp"

#include <array>
#include <cstring>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "zmqrt/error.hpp"
#include "zmqrt/poller.hpp"

namespace zmqrt {

namespace {

constexpr std::size_t at_once = 256; // messages between two looks at control

struct counted {
  std::uint64_t messages = 0;
  std::uint64_t bytes = 0;

  void add(std::span<const message> what) {
    messages += what.size();
    for (const message& each : what)
      for (std::size_t i = 0; i < each.size(); ++i)
        bytes += each[i].size();
  }
};

bool has_room(const socket& at) {
  const auto holds = static_cast<poll_events>(at.get(option::events));
  return has(holds, poll_events::out);
}

/// One direction.
class lane {
public:
  lane(const socket& from, const socket& to, const socket& capture)
    : from_(from), to_(to), capture_(capture) {
  }

  /// What this lane waits for at that socket.
  [[nodiscard]] poll_events wants(const socket& at) const {
    if (waits_for_room_)
      return at == to_ ? poll_events::out : poll_events::none;
    return at == from_ ? poll_events::in : poll_events::none;
  }

  void step() {
    waits_for_room_ = !has_room(to_);
    if (waits_for_room_)
      return;
    if (held_.empty())
      read();
    pass_on(held_.empty() ? 0 : to_.try_send_batch(held()));
    waits_for_room_ = !held_.empty();
  }

  /// Sends what was read, as SNDTIMEO says.
  void finish() {
    while (!held_.empty())
      pass_on(to_.send_batch(held()));
  }

  [[nodiscard]] const counted& received() const {
    return received_;
  }
  [[nodiscard]] counted sent() const {
    counted here;
    here.add(std::span{held_}.subspan(gone_));
    return {received_.messages - here.messages, received_.bytes - here.bytes};
  }

private:
  [[nodiscard]] std::span<message> held() {
    return std::span{held_}.subspan(gone_);
  }

  void read() {
    held_ = from_.try_recv_batch(at_once);
    received_.add(held_);
    if (!capture_)
      return;
    auto copies = held_;
    for (std::span<message> rest{copies}; !rest.empty();)
      rest = rest.subspan(capture_.send_batch(rest));
  }

  void pass_on(std::size_t count) {
    gone_ += count;
    if (gone_ == held_.size()) {
      held_.clear();
      gone_ = 0;
    }
  }

  socket from_;
  socket to_;
  socket capture_;
  bool waits_for_room_ = false;
  std::vector<message> held_; // read, and but for the first gone_ not sent
  std::size_t gone_ = 0;
  counted received_;
};

class proxy_loop {
public:
  proxy_loop(const socket& frontend, const socket& backend,
             const socket& capture, const socket& control)
    : frontend_(frontend), backend_(backend), control_(control),
      forth_(frontend, backend, capture), back_(backend, frontend, capture) {
    for (const socket& each : {frontend, backend})
      if (!each)
        throw error{make_error_code(errc::not_a_socket), "proxy",
                    "it needs a frontend and a backend"};
    all_.add(frontend_, poll_events::none);
    if (backend_ != frontend_)
      all_.add(backend_, poll_events::none);
    if (control_)
      all_.add(control_, poll_events::in);
  }

  proxy_end run() {
    while (!ended_) {
      watch();
      all_.wait(ready_);
      for (const auto& each : ready_) {
        if (has(each.events, poll_events::error))
          return proxy_end::closed;
        if (control_ && each.socket == control_)
          obey();
      }
      for (lane* const each : {&forth_, &back_})
        if (!paused_ && is_ready(*each))
          each->step();
    }
    forth_.finish();
    back_.finish();
    return proxy_end::told;
  }

private:
  [[nodiscard]] poll_events wants(const socket& at) const {
    return paused_ ? poll_events::none : forth_.wants(at) | back_.wants(at);
  }

  void watch() {
    change(frontend_, at_frontend_);
    if (backend_ != frontend_)
      change(backend_, at_backend_);
  }

  void change(const socket& at, poll_events& now) {
    const auto next = wants(at);
    if (next != now)
      all_.modify(at, next);
    now = next;
  }

  [[nodiscard]] bool is_ready(const lane& which) const {
    for (const auto& each : ready_)
      if (has(each.events, which.wants(each.socket)))
        return true;
    return false;
  }

  void obey() {
    while (const auto what = control_.try_recv()) {
      const auto word = what->str();
      paused_ = word == "PAUSE" || (paused_ && word != "RESUME");
      ended_ = ended_ || word == "TERMINATE";
      if (word == "STATISTICS")
        answer(statistics());
      else if (control_.type() == socket_type::rep)
        answer(message{std::string_view{}});
    }
  }

  void answer(message&& what) {
    try {
      (void)control_.try_send(std::move(what));
    } catch (const error& failed) {
      if (failed.code() != errc::not_supported)
        throw;
    }
  }

  [[nodiscard]] message statistics() const {
    message all;
    for (const counted& each :
         {forth_.received(), back_.sent(), back_.received(), forth_.sent()})
      for (const std::uint64_t number : {each.messages, each.bytes}) {
        std::array<char, sizeof number> bytes;
        std::memcpy(bytes.data(), &number, sizeof number);
        all.push_back(std::string_view{bytes.data(), bytes.size()});
      }
    return all;
  }

  socket frontend_;
  socket backend_;
  socket control_;
  lane forth_;
  lane back_;
  poller all_;
  std::vector<poll_result> ready_;
  poll_events at_frontend_ = poll_events::none;
  poll_events at_backend_ = poll_events::none;
  bool paused_ = false;
  bool ended_ = false;
};

} // namespace

proxy_end proxy(const socket& frontend, const socket& backend,
                const socket& capture) {
  return proxy_steerable(frontend, backend, capture, {});
}

proxy_end proxy_steerable(const socket& frontend, const socket& backend,
                          const socket& capture, const socket& control) {
  proxy_loop loop{frontend, backend, capture, control};
  try {
    return loop.run();
  } catch (const error& failed) {
    if (failed.code() == errc::terminated
        || failed.code() == errc::not_a_socket)
      return proxy_end::closed;
    throw;
  }
}

} // namespace zmqrt

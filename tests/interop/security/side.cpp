// SPDX-License-Identifier: MPL-2.0
//
// libzmq's in a process of its own, ours here.

#include "tests/interop/security/side.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>
#include <optional>
#include <stdexcept>

#include "tests/interop/security/our_zap.hpp"

namespace zmqrt::test {

namespace {

using kind = event_kind;

constexpr std::array settled{kind::handshake_succeeded,
                             kind::handshake_failed_no_detail,
                             kind::handshake_failed_protocol,
                             kind::handshake_failed_auth, kind::disconnected};

bool is_settled(const noted& last) {
  return std::count(settled.begin(), settled.end(), last.what) > 0;
}

noted comparable(kind what, std::int64_t value) {
  // Both are the peer that has gone: it depends on what was on its way.
  if (what == kind::handshake_failed_no_detail && value == ECONNRESET)
    value = EPIPE;
  const bool says_something = what == kind::connect_delayed
                              || what == kind::handshake_succeeded
                              || what == kind::handshake_failed_no_detail
                              || what == kind::handshake_failed_protocol
                              || what == kind::handshake_failed_auth;
  return {what, says_something ? value : 0};
}

/// One attempt is all: who is refused comes back much later.
json with_defaults(const json& options) {
  json all{{"linger", 0}, {"reconnect_ivl", 20'000}};
  all.update(options);
  return all;
}

/// Processes that have no socket now: starting one costs more than a handshake.
std::vector<std::unique_ptr<peer>>& idle_peers() {
  static std::vector<std::unique_ptr<peer>> all;
  return all;
}

std::unique_ptr<peer> some_peer() {
  auto& idle = idle_peers();
  if (idle.empty())
    return std::make_unique<peer>(implementation::libzmq);
  auto taken = std::move(idle.back());
  idle.pop_back();
  return taken;
}

class libzmq final : public side {
public:
  explicit libzmq(const json& options) : peer_(some_peer()) {
    peer_->open("DEALER", with_defaults(options));
  }
  ~libzmq() override {
    try {
      // Something else is what it was asked before.
      if (peer_->ask({{"do", "term"}}).at("event") == "terminated")
        idle_peers().push_back(std::move(peer_));
    } catch (const std::exception&) { // not to be used again
    }
  }
  void handle_zap(const zap_script& script) override {
    peer_->ask({{"do", "zap"},
                {"type", script.router ? "ROUTER" : "REP"},
                {"replies", script.replies}});
    handles_ = true;
  }
  std::string bind(const std::string& endpoint) override {
    return peer_->bind(endpoint);
  }
  void connect(const std::string& endpoint) override {
    peer_->connect(endpoint);
  }
  void offer(const std::string& text) override {
    peer_->ask({{"do", "offer"}, {"text", text}});
  }
  std::string hear() override {
    return peer_->ask({{"do", "hear"}}).at("frames").at(0);
  }
  json hear_about(const std::vector<std::string>& names) override {
    return peer_->ask({{"do", "hear_about"}, {"names", names}})
      .at("properties");
  }
  bool hears_nothing() override {
    if (left_)
      return true;
    const auto answer = peer_->ask({{"do", "hear_within"}, {"ms", 0}});
    return answer.at("event") == "silence";
  }
  std::vector<frames> requests() override {
    if (!handles_)
      return {};
    std::vector<frames> all =
      peer_->ask({{"do", "requests"}, {"count", 0}}).at("requests");
    for (frames& each : all)
      each.at(1) = "$id";
    return all;
  }
  void leave() override {
    REQUIRE(hears_nothing());
    peer_->ask({{"do", "leave"}});
    left_ = true;
  }
  record until_settled() override {
    auto numbers = json::array();
    for (const auto each : settled)
      numbers.push_back(static_cast<int>(each));
    const auto got =
      peer_->ask({{"do", "events"}, {"until", numbers}, {"times", 1}});
    record seen;
    for (const auto& each : got.at("events"))
      seen.push_back(comparable(static_cast<kind>(each.at(0).get<unsigned>()),
                                each.at(1).get<std::int64_t>()));
    return seen;
  }

private:
  std::unique_ptr<peer> peer_;
  bool handles_ = false;
  bool left_ = false;
};

class ours final : public side {
public:
  ours(io_backend backend, const json& options)
    : ctx_(make_context(backend)),
      socket_(make_socket(ctx_, socket_type::dealer)),
      monitor_(socket_.monitor()) {
    const auto all = with_defaults(options);
    for (const auto& [name, value] : all.items())
      set_named(socket_, name, value);
  }
  void handle_zap(const zap_script& script) override {
    handler_.emplace(ctx_, script);
  }
  std::string bind(const std::string& endpoint) override {
    return socket_.bind(endpoint);
  }
  void connect(const std::string& endpoint) override {
    socket_.connect(endpoint);
  }
  void offer(const std::string& text) override {
    (void)socket_.try_send(text);
  }
  std::string hear() override {
    return socket_.recv().str();
  }
  json hear_about(const std::vector<std::string>& names) override {
    const auto heard = socket_.recv();
    json known;
    for (const auto& name : names)
      known[name] = heard.has_property(name)
                      ? json(std::string{heard.property(name)})
                      : json{};
    return known;
  }
  bool hears_nothing() override {
    return left_ || !socket_.try_recv();
  }
  std::vector<frames> requests() override {
    auto all = handler_ ? handler_->requests() : std::vector<frames>{};
    for (frames& request : all) {
      for (std::string& each : request)
        each = hex(each);
      request.at(1) = "$id";
    }
    return all;
  }
  void leave() override {
    REQUIRE(hears_nothing());
    socket_.close();
    left_ = true;
  }
  record until_settled() override {
    record seen;
    do {
      const auto next = monitor_.recv_for(process::patience);
      CAPTURE(seen);
      REQUIRE(next);
      seen.push_back(comparable(next->kind, next->value));
    } while (!is_settled(seen.back()));
    return seen;
  }

private:
  context ctx_;
  std::optional<our_zap> handler_;
  socket socket_;
  monitor monitor_;
  bool left_ = false;
};

const std::map<std::string, int>& option_numbers() {
  static const std::map<std::string, int> all{
#define ZMQRT_OPTION(name, ...) {#name, option::name.id},
#define ZMQRT_SECURITY_OPTION(name, ...) {#name, option::name.id},
#include "zmqrt/option_list.hpp"
  };
  return all;
}

} // namespace

bool failed(const record& events) {
  return events.back().what != kind::handshake_succeeded;
}

std::ostream& operator<<(std::ostream& out, const noted& one) {
  return out << to_string(one.what) << '(' << one.value << ')';
}

std::unique_ptr<side> libzmq_side(const json& options) {
  return std::make_unique<libzmq>(options);
}

std::unique_ptr<side> our_side(io_backend backend, const json& options) {
  return std::make_unique<ours>(backend, options);
}

void set_named(socket& of, const std::string& name, const json& value) {
  const auto known = option_numbers().find(name);
  if (known == option_numbers().end())
    throw std::runtime_error("no option " + name);
  if (value.is_string()) {
    const auto text = value.get<std::string>();
    of.set_raw(known->second, std::as_bytes(std::span{text}));
    return;
  }
  const auto number = value.get<int>();
  of.set_raw(known->second, std::as_bytes(std::span{&number, 1}));
}

std::string hex(std::string_view octets) {
  constexpr std::string_view digits{"0123456789abcdef"};
  std::string text;
  for (const char each : octets) {
    const auto octet = static_cast<unsigned char>(each);
    text += digits[octet >> 4];
    text += digits[octet & 15];
  }
  return text;
}

} // namespace zmqrt::test

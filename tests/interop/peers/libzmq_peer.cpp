// SPDX-License-Identifier: MPL-2.0
//
// The peer libzmq, through cppzmq. See README.md for its commands. One thread
// (and libzmq's own).

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <zmq.hpp>

#include "tests/interop/peers/libzmq_zap.hpp"
#include "tests/interop/traffic.hpp"

namespace {

using json = nlohmann::json;
using zmqrt::test::checksum;
using zmqrt::test::libzmq_zap;
using zmqrt::test::make_frame;
using zmqrt::test::traffic;

const std::map<std::string, zmq::socket_type> types{
  {"PAIR", zmq::socket_type::pair},     {"PUB", zmq::socket_type::pub},
  {"SUB", zmq::socket_type::sub},       {"REQ", zmq::socket_type::req},
  {"REP", zmq::socket_type::rep},       {"DEALER", zmq::socket_type::dealer},
  {"ROUTER", zmq::socket_type::router}, {"PULL", zmq::socket_type::pull},
  {"PUSH", zmq::socket_type::push},     {"XPUB", zmq::socket_type::xpub},
  {"XSUB", zmq::socket_type::xsub},     {"STREAM", zmq::socket_type::stream}};

/// Among the drafts of zmq.h, but always there.
constexpr int zap_enforce_domain = 93;

const std::map<std::string, int> int_options{
  {"sndhwm", ZMQ_SNDHWM},
  {"rcvhwm", ZMQ_RCVHWM},
  {"linger", ZMQ_LINGER},
  {"ipv6", ZMQ_IPV6},
  {"sndbuf", ZMQ_SNDBUF},
  {"rcvbuf", ZMQ_RCVBUF},
  {"sndtimeo", ZMQ_SNDTIMEO},
  {"rcvtimeo", ZMQ_RCVTIMEO},
  {"immediate", ZMQ_IMMEDIATE},
  {"conflate", ZMQ_CONFLATE},
  {"backlog", ZMQ_BACKLOG},
  {"reconnect_ivl", ZMQ_RECONNECT_IVL},
  {"reconnect_ivl_max", ZMQ_RECONNECT_IVL_MAX},
  {"handshake_ivl", ZMQ_HANDSHAKE_IVL},
  {"heartbeat_ivl", ZMQ_HEARTBEAT_IVL},
  {"heartbeat_ttl", ZMQ_HEARTBEAT_TTL},
  {"heartbeat_timeout", ZMQ_HEARTBEAT_TIMEOUT},
  {"tcp_keepalive", ZMQ_TCP_KEEPALIVE},
  {"router_raw", ZMQ_ROUTER_RAW},
  {"invert_matching", ZMQ_INVERT_MATCHING},
  {"xpub_verbose", ZMQ_XPUB_VERBOSE},
  {"xpub_verboser", ZMQ_XPUB_VERBOSER},
  {"plain_server", ZMQ_PLAIN_SERVER},
  {"curve_server", ZMQ_CURVE_SERVER},
  {"zap_enforce_domain", zap_enforce_domain}};

/// Keys in Z85.
const std::map<std::string, int> text_options{
  {"routing_id", ZMQ_ROUTING_ID},
  {"subscribe", ZMQ_SUBSCRIBE},
  {"unsubscribe", ZMQ_UNSUBSCRIBE},
  {"plain_username", ZMQ_PLAIN_USERNAME},
  {"plain_password", ZMQ_PLAIN_PASSWORD},
  {"curve_publickey", ZMQ_CURVE_PUBLICKEY},
  {"curve_secretkey", ZMQ_CURVE_SECRETKEY},
  {"curve_serverkey", ZMQ_CURVE_SERVERKEY},
  {"zap_domain", ZMQ_ZAP_DOMAIN}};

const std::map<std::string, int> monitor_events{
  {"connected", ZMQ_EVENT_CONNECTED},
  {"connect_delayed", ZMQ_EVENT_CONNECT_DELAYED},
  {"connect_retried", ZMQ_EVENT_CONNECT_RETRIED},
  {"listening", ZMQ_EVENT_LISTENING},
  {"accepted", ZMQ_EVENT_ACCEPTED},
  {"closed", ZMQ_EVENT_CLOSED},
  {"disconnected", ZMQ_EVENT_DISCONNECTED},
  {"handshake_succeeded", ZMQ_EVENT_HANDSHAKE_SUCCEEDED},
  {"handshake_failed_protocol", ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL},
  {"handshake_failed_no_detail", ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL},
  {"handshake_failed_auth", ZMQ_EVENT_HANDSHAKE_FAILED_AUTH}};

std::span<const std::byte> bytes_of(const zmq::message_t& part) {
  return {static_cast<const std::byte*>(part.data()), part.size()};
}

std::string hex(const std::string& octets) {
  constexpr std::string_view digits{"0123456789abcdef"};
  std::string text;
  for (const char each : octets) {
    const auto octet = static_cast<unsigned char>(each);
    text += digits[octet >> 4];
    text += digits[octet & 15];
  }
  return text;
}

class libzmq_peer {
public:
  ~libzmq_peer() {
    end_handler();
  }

  json obey(const json& command) {
    return handlers_.at(command.at("do"))(command);
  }

private:
  using handler = std::function<json(const json&)>;

  json on_open(const json& command) {
    socket_.emplace(context_, types.at(command.at("type")));
    // Nothing here waits for ever; the test may say otherwise.
    set("sndtimeo", 20'000);
    set("rcvtimeo", 20'000);
    set("linger", -1);
    for (const auto& [name, value] : command.at("options").items())
      set(name, value);
    const auto endpoint = std::string{"inproc://monitor"};
    zmq_socket_monitor(socket_->handle(), endpoint.c_str(), ZMQ_EVENT_ALL);
    monitor_.emplace(context_, zmq::socket_type::pair);
    monitor_->set(zmq::sockopt::linger, 0);
    monitor_->set(zmq::sockopt::rcvtimeo, 20'000);
    monitor_->connect(endpoint);
    return {{"event", "opened"}};
  }

  void set(const std::string& name, const json& value) {
    int failed = 0;
    if (name == "maxmsgsize") {
      const auto number = value.get<std::int64_t>();
      failed = zmq_setsockopt(socket_->handle(), ZMQ_MAXMSGSIZE, &number,
                              sizeof number);
    } else if (const auto it = text_options.find(name);
               it != text_options.end()) {
      const auto text = value.get<std::string>();
      failed =
        zmq_setsockopt(socket_->handle(), it->second, text.data(), text.size());
    } else {
      const auto number = value.get<int>();
      failed = zmq_setsockopt(socket_->handle(), int_options.at(name), &number,
                              sizeof number);
    }
    if (failed != 0)
      throw std::runtime_error("option " + name);
  }

  json on_bind(const json& command) {
    socket_->bind(command.at("endpoint").get<std::string>());
    return {{"event", "bound"},
            {"endpoint", socket_->get(zmq::sockopt::last_endpoint)}};
  }

  json on_connect(const json& command) {
    socket_->connect(command.at("endpoint").get<std::string>());
    return {{"event", "connecting"}};
  }

  json on_unbind(const json& command) {
    socket_->unbind(command.at("endpoint").get<std::string>());
    return {{"event", "unbound"}};
  }

  json on_disconnect(const json& command) {
    socket_->disconnect(command.at("endpoint").get<std::string>());
    return {{"event", "disconnected"}};
  }

  json on_send(const json& command) {
    const traffic what{command.at("count"), command.at("sizes"),
                       command.at("frames"), command.at("first")};
    checksum sum;
    for (std::uint64_t i = 0; i < what.count; ++i)
      for (std::uint64_t f = 0; f < what.frames; ++f) {
        const auto bytes = make_frame(what, what.first + i, f);
        const bool more = f + 1 < what.frames;
        sum.add(bytes, more);
        put(bytes.data(), bytes.size(), more);
      }
    return {{"event", "sent"}, {"count", what.count}, {"crc", sum.value()}};
  }

  json on_recv(const json& command) {
    const std::uint64_t count = command.at("count");
    checksum sum;
    std::uint64_t bytes = 0;
    for (std::uint64_t i = 0; i < count; ++i)
      for (bool more = true; more;) {
        auto part = take();
        more = part.more();
        bytes += part.size();
        sum.add(bytes_of(part), more);
      }
    return {{"event", "received"},
            {"count", count},
            {"crc", sum.value()},
            {"bytes", bytes}};
  }

  json on_say(const json& command) {
    const std::vector<std::string> frames = command.at("frames");
    for (std::size_t f = 0; f < frames.size(); ++f)
      put(frames[f].data(), frames[f].size(), f + 1 < frames.size());
    return {{"event", "said"}};
  }

  json on_reply(const json& command) {
    put(last_id_.data(), last_id_.size(), true);
    return on_say(command);
  }

  json on_hear(const json&) {
    std::vector<std::string> frames;
    for (bool more = true; more;) {
      auto part = take();
      more = part.more();
      frames.push_back(part.to_string());
    }
    last_id_ = frames.front();
    return {{"event", "heard"}, {"frames", frames}};
  }

  /// And what zmq_msg_gets(3) says of it; null: nothing.
  json on_hear_about(const json& command) {
    zmq::message_t part = take();
    json known;
    for (const auto& each : command.at("names")) {
      const auto name = each.get<std::string>();
      const char* const value = zmq_msg_gets(part.handle(), name.c_str());
      known[name] = value == nullptr ? json{} : json(value);
    }
    while (part.more())
      part = take();
    return {{"event", "heard"}, {"properties", known}};
  }

  /// Unless it would block.
  json on_offer(const json& command) {
    const std::string text = command.at("text");
    const bool taken =
      zmq_send(socket_->handle(), text.data(), text.size(), ZMQ_DONTWAIT) >= 0;
    return {{"event", "offered"}, {"taken", taken}};
  }

  json on_zap(const json& command) {
    handler_.emplace(context_, command.at("type") == "ROUTER",
                     command.at("replies"));
    return {{"event", "bound"}};
  }

  json on_requests(const json& command) {
    auto seen = json::array();
    for (const auto& request : handler_->requests(command.at("count"))) {
      auto frames = json::array();
      for (const std::string& each : request)
        frames.push_back(hex(each));
      seen.push_back(frames);
    }
    return {{"event", "noted"}, {"requests", seen}};
  }

  json on_hear_within(const json& command) {
    zmq::pollitem_t item{socket_->handle(), 0, ZMQ_POLLIN, 0};
    const std::chrono::milliseconds limit{command.at("ms").get<int>()};
    if (zmq::poll(&item, 1, limit) == 0)
      return {{"event", "silence"}};
    return on_hear(command);
  }

  json on_await(const json& command) {
    const std::string name = command.at("monitor");
    for (;;) {
      const auto [event, value] = next_event();
      if (event == monitor_events.at(name))
        return {{"event", "seen"}, {"monitor", name}, {"value", value}};
    }
  }

  /// Events up to one of those wanted, as pairs of a number and a value.
  json on_events(const json& command) {
    const std::vector<int> until = command.at("until");
    auto times = command.at("times").get<int>();
    auto seen = json::array();
    while (times > 0) {
      const auto [event, value] = next_event();
      seen.push_back({event, value});
      times -= std::count(until.begin(), until.end(), event) > 0 ? 1 : 0;
    }
    return {{"event", "noted"}, {"events", seen}};
  }

  std::pair<std::uint16_t, std::int32_t> next_event() {
    zmq::message_t head;
    zmq::message_t address;
    if (!monitor_->recv(head) || !monitor_->recv(address))
      throw std::runtime_error("no monitor event");
    std::uint16_t event = 0;
    std::int32_t value = 0;
    std::memcpy(&event, head.data(), sizeof event);
    std::memcpy(&value, static_cast<const char*>(head.data()) + sizeof event,
                sizeof value);
    return {event, value};
  }

  /// The monitor stays, to be read to its end.
  json on_leave(const json&) {
    socket_.reset();
    return {{"event", "left"}};
  }

  json on_close(const json&) {
    close();
    return {{"event", "closed"}};
  }

  json on_term(const json&) {
    close();
    end_handler();
    context_.close();
    context_ = zmq::context_t{};
    return {{"event", "terminated"}};
  }

  /// It waits for that.
  void end_handler() {
    if (handler_)
      context_.shutdown();
    handler_.reset();
  }

  void close() {
    // An event that nobody can read would hold up libzmq's I/O thread.
    if (socket_)
      zmq_socket_monitor(socket_->handle(), nullptr, 0);
    monitor_.reset();
    socket_.reset();
  }

  void put(const void* data, std::size_t size, bool more) {
    const auto flags = more ? zmq::send_flags::sndmore : zmq::send_flags::none;
    if (!socket_->send(zmq::const_buffer{data, size}, flags))
      throw std::runtime_error("send timed out");
  }

  zmq::message_t take() {
    zmq::message_t part;
    if (!socket_->recv(part))
      throw std::runtime_error("recv timed out");
    return part;
  }

  handler bind_to(json (libzmq_peer::*member)(const json&)) {
    return
      [this, member](const json& command) { return (this->*member)(command); };
  }

  zmq::context_t context_;
  std::optional<libzmq_zap> handler_;
  std::optional<zmq::socket_t> socket_;
  std::optional<zmq::socket_t> monitor_;
  std::string last_id_; // the first frame of what was last heard
  std::map<std::string, handler> handlers_{
    {"open", bind_to(&libzmq_peer::on_open)},
    {"bind", bind_to(&libzmq_peer::on_bind)},
    {"connect", bind_to(&libzmq_peer::on_connect)},
    {"unbind", bind_to(&libzmq_peer::on_unbind)},
    {"disconnect", bind_to(&libzmq_peer::on_disconnect)},
    {"send", bind_to(&libzmq_peer::on_send)},
    {"recv", bind_to(&libzmq_peer::on_recv)},
    {"say", bind_to(&libzmq_peer::on_say)},
    {"reply", bind_to(&libzmq_peer::on_reply)},
    {"hear", bind_to(&libzmq_peer::on_hear)},
    {"hear_within", bind_to(&libzmq_peer::on_hear_within)},
    {"hear_about", bind_to(&libzmq_peer::on_hear_about)},
    {"offer", bind_to(&libzmq_peer::on_offer)},
    {"zap", bind_to(&libzmq_peer::on_zap)},
    {"requests", bind_to(&libzmq_peer::on_requests)},
    {"await", bind_to(&libzmq_peer::on_await)},
    {"events", bind_to(&libzmq_peer::on_events)},
    {"leave", bind_to(&libzmq_peer::on_leave)},
    {"close", bind_to(&libzmq_peer::on_close)},
    {"term", bind_to(&libzmq_peer::on_term)}};
};

} // namespace

int main() {
  libzmq_peer self;
  for (std::string line; std::getline(std::cin, line);) {
    json answer;
    try {
      answer = self.obey(json::parse(line));
    } catch (const std::exception& failed) {
      answer = {{"event", "error"}, {"what", failed.what()}, {"for", line}};
    }
    // Ids are no text.
    std::cout << answer.dump(-1, ' ', false, json::error_handler_t::replace)
              << std::endl;
  }
}

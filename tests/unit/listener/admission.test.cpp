// SPDX-License-Identifier: MPL-2.0
//
// Whom a listener lets in.

#include "actors/listener/admission.hpp"

#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::actors;
using transports::peer_credentials;

namespace {

/// A peer that is asked for its address and credentials, and nothing else.
class visitor final : public transports::stream {
public:
  explicit visitor(transports::address from,
                   std::optional<peer_credentials> who = {})
    : from_(from), who_(std::move(who)) {
  }

  void start(transports::stream_handler&) override {
  }
  void receive(bool) override {
  }
  void send(const batch&) override {
  }
  void shutdown_send() override {
  }
  void close() override {
  }
  [[nodiscard]] const transports::address& local() const noexcept override {
    return from_;
  }
  [[nodiscard]] const transports::address& remote() const noexcept override {
    return from_;
  }
  [[nodiscard]] std::optional<peer_credentials> credentials() const override {
    return who_;
  }

private:
  transports::address from_;
  std::optional<peer_credentials> who_;
};

visitor by_tcp(const char* host) {
  return visitor{*transports::address::tcp(host, 5000)};
}

visitor by_ipc(std::optional<peer_credentials> who) {
  return visitor{*transports::address::ipc("peer", true), std::move(who)};
}

gathered_options networks(std::initializer_list<const char*> all) {
  gathered_options filters;
  for (const char* each : all)
    filters.tcp_accept_filters.push_back(*parse_ip_network(each));
  return filters;
}

const peer_credentials someone{77, 1000, 100, {4, 27}};

} // namespace

TEST_CASE("admission: without filters, everybody") {
  const gathered_options none;
  CHECK(admits(none, by_tcp("192.0.2.1")));
  CHECK(admits(none, by_ipc(someone)));
  CHECK(admits(none, by_ipc(std::nullopt)));
}

TEST_CASE("admission: by tcp, who is in one of the networks") {
  const auto filters = networks({"10.0.0.0/8", "2001:db8::/32"});
  CHECK(admits(filters, by_tcp("10.1.2.3")));
  CHECK(admits(filters, by_tcp("::ffff:10.1.2.3"))); // a listener of both
  CHECK(admits(filters, by_tcp("2001:db8::1")));
  CHECK_FALSE(admits(filters, by_tcp("11.0.0.1")));
  CHECK_FALSE(admits(filters, by_tcp("::1")));
}

TEST_CASE("admission: by ipc, who matches any filter of any kind") {
  gathered_options filters;
  filters.ipc_pids = {1};
  CHECK_FALSE(admits(filters, by_ipc(someone)));
  filters.ipc_uids = {0, 4'294'967'294U};
  CHECK_FALSE(admits(filters, by_ipc(someone)));
  SECTION("pid") {
    filters.ipc_pids.push_back(77);
  }
  SECTION("uid") {
    filters.ipc_uids.push_back(1000);
  }
  SECTION("gid") {
    filters.ipc_gids = {100};
  }
  SECTION("supplementary gid") {
    filters.ipc_gids = {5, 27};
  }
  CHECK(admits(filters, by_ipc(someone)));
  CHECK_FALSE(admits(filters, by_ipc(peer_credentials{78, 1001, 101, {}})));
}

TEST_CASE("admission: who cannot be told stays out") {
  gathered_options filters;
  filters.ipc_gids = {0};
  CHECK_FALSE(admits(filters, by_ipc(std::nullopt)));
}

TEST_CASE("admission: a transport's filters are its own") {
  gathered_options filters;
  filters.ipc_uids = {0};
  CHECK(admits(filters, by_tcp("192.0.2.1")));
  CHECK(admits(networks({"10.0.0.0/8"}), by_ipc(someone)));
}

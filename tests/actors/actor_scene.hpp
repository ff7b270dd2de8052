// SPDX-License-Identifier: MPL-2.0
//
// What tests of socket actors share: an actor system of the application's own,
// a context in it, and short ways to ask actors and to wait for what they send.

#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <caf/all.hpp>

#include "tests/actors/fixture.hpp"
#include "zmqrt/actors.hpp"

namespace zmqrt::test {

using zmqrt::code_of;

/// Its scheduler has settings that are not CAF's own.
struct own_system {
  explicit own_system(std::size_t workers = 2) {
    config.set("scheduler.policy", caf::atom("sharing"));
    config.set("scheduler.max-threads", workers);
    config.set("scheduler.max-throughput", std::size_t{50});
    made.emplace(config);
  }
  caf::actor_system_config config;
  std::optional<caf::actor_system> made;
};

/// What an actor answered: a value, or why not.
template <class T>
struct outcome {
  std::optional<T> value;
  caf::error why;

  [[nodiscard]] std::error_code code() const {
    return code_of(why);
  }
};

struct actor_scene {
  explicit actor_scene(const place& where,
                       milliseconds linger = milliseconds{0})
    : transport(where.transport), ctx(*system.made, options_of(where, linger)),
      self(*system.made) {
    REQUIRE(ctx.backend() == name_of(where.backend));
  }

  [[nodiscard]] socket_actor spawn(socket_type type,
                                   const socket_actor_options& options = {}) {
    return spawn_socket(ctx, type, options);
  }
  /// Asks for a value.
  template <class T, class What>
  outcome<T> ask(const socket_actor& whom, What what,
                 caf::duration limit = caf::duration{patience}) {
    outcome<T> got;
    self->request(whom, limit, std::move(what))
      .receive([&](T& value) { got.value = std::move(value); },
               [&](caf::error& why) { got.why = std::move(why); });
    return got;
  }
  /// Asks for nothing but that it be done; no error: it is.
  template <class What>
  caf::error tell(const socket_actor& whom, What what) {
    caf::error got;
    self->request(whom, caf::duration{patience}, std::move(what))
      .receive([] {}, [&](caf::error& why) { got = std::move(why); });
    return got;
  }
  template <class What>
  void must(const socket_actor& whom, What what) {
    const auto why = tell(whom, std::move(what));
    INFO(explain(why));
    REQUIRE(!why);
  }
  [[nodiscard]] std::string bind(const socket_actor& whom) {
    auto got = ask<std::string>(whom, verb::bind{fresh()});
    INFO(explain(got.why));
    REQUIRE(got.value);
    return *got.value;
  }
  /// The next message that is sent to this actor.
  [[nodiscard]] message next() {
    std::optional<message> got;
    self->receive([&](message& what) { got = std::move(what); },
                  caf::after(patience) >> [] {});
    REQUIRE(got);
    return std::move(*got);
  }
  /// Why it is over; fails where it is not, in time. It must be monitored.
  [[nodiscard]] caf::error down() {
    std::optional<caf::error> why;
    self->receive([&](caf::down_msg& down) { why = std::move(down.reason); },
                  caf::after(patience) >> [] {});
    REQUIRE(why);
    return std::move(*why);
  }

  [[nodiscard]] std::string fresh() {
    const auto name = "end-" + std::to_string(++last_);
    if (transport == "tcp")
      return "tcp://127.0.0.1:*";
    return transport == "ipc" ? directory.endpoint(name) : "inproc://" + name;
  }

  temporary_directory directory;
  std::string transport;
  own_system system;
  context ctx;
  caf::scoped_actor self;

private:
  static context_options options_of(const place& where, milliseconds linger) {
    context_options options;
    options.backend = where.backend;
    options.linger = linger;
    return options;
  }

  int last_ = 0;
};

} // namespace zmqrt::test

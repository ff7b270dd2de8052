// SPDX-License-Identifier: MPL-2.0
//
// A context that is still there when its actor system ends: the process ends
// with a word about it, every time. And never otherwise.

#include <array>
#include <optional>
#include <vector>

#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <caf/all.hpp>

#include "tests/actors/fixture.hpp"
#include "zmqrt/logging.hpp"

namespace zmqrt::test {

namespace {

struct ending {
  int status = 0;
  std::string said; // on stderr
};

/// Runs `body` in a child. To be called where there are no other threads.
template <class Body>
ending in_child(const Body& body) {
  std::array<int, 2> ends{};
  REQUIRE(::pipe(ends.data()) == 0);
  const auto child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    ::dup2(ends[1], STDERR_FILENO);
    ::signal(SIGABRT, SIG_DFL); // Catch's would report the parent's case
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    body();
    ::_exit(0);
  }
  ::close(ends[1]);
  ending result;
  std::array<char, 4096> some{};
  for (ssize_t got = 0; (got = ::read(ends[0], some.data(), some.size())) > 0;)
    result.said.append(some.data(), static_cast<std::size_t>(got));
  ::close(ends[0]);
  REQUIRE(::waitpid(child, &result.status, 0) == child);
  return result;
}

void require_abort(const ending& how) {
  CAPTURE(how.said, how.status);
  REQUIRE(WIFSIGNALED(how.status));
  REQUIRE(WTERMSIG(how.status) == SIGABRT);
  REQUIRE(how.said.find("zmqrt: context_outlives_system") != std::string::npos);
}

context_options on(const place& where) {
  context_options options;
  options.backend = where.backend;
  options.linger = milliseconds{0};
  return options;
}

} // namespace

TEST_CASE("a context that outlives its system ends the process") {
  ON_EVERY(where, over_tcp());
  for (const std::string policy : {"sharing", "stealing"})
    for (int round = 0; round < 10; ++round)
      require_abort(in_child([&] {
        std::optional<context> late;
        caf::actor_system_config config;
        config.set("scheduler.policy", caf::atom_from_string(policy));
        config.set("scheduler.max-threads", 1 + round % 3);
        caf::actor_system system{config};
        if (round % 2 == 1)
          system.await_actors_before_shutdown(false);
        late.emplace(system, on(where));
        auto pull = late->socket(socket_type::pull);
        pull.bind("tcp://127.0.0.1:*");
        // Declared before the system: it would go after it.
      }));
}

TEST_CASE("a context that outlives its system tells the log, too") {
  ON_EVERY(where, over_tcp());
  const auto how = in_child([&] {
    set_log_sink(log_level::error,
                 [](log_level, std::string_view logger, std::string_view line) {
                   const auto text = "[" + std::string{logger} + "] "
                                     + std::string{line} + "\n";
                   (void)!::write(STDERR_FILENO, text.data(), text.size());
                 });
    std::optional<context> late;
    caf::actor_system_config config;
    caf::actor_system system{config};
    late.emplace(system, on(where));
  });
  require_abort(how);
  REQUIRE(how.said.find("[zmqrt.context] context_outlives_system")
          != std::string::npos);
}

TEST_CASE("contexts that end before their system may be as they like") {
  ON_EVERY(where, over_tcp());
  std::optional<context> shell;
  {
    caf::actor_system_config config;
    caf::actor_system system{config};
    context first{system, on(where)};
    shell.emplace(system, on(where));
    context moved{std::move(first)};
    for (int i = 0; i < 20; ++i) {
      context brief{system, on(where)};
      auto pull = brief.socket(socket_type::pull);
      pull.bind("tcp://127.0.0.1:*");
    }
    shell->term();
  }
  CHECK(code_of([&] { (void)shell->socket(socket_type::pull); })
        == errc::terminated);
}

} // namespace zmqrt::test

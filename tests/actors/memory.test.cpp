// SPDX-License-Identifier: MPL-2.0
//
// What is counted: memory while somebody does not read, and memory and files
// when everything is over. Sanitizers have a malloc of their own: there these
// cases find what they find, and count nothing.

#include <algorithm>

#include "tests/actors/fixture.hpp"
#include "tests/actors/proc.hpp"
#include "tests/actors/raw_peer.hpp"
#include "tests/actors/threads.hpp"
#include "tests/support/eventually.hpp"

namespace zmqrt::test {

namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;

/// Offers `tries` messages, waiting a little for the first refusals.
std::size_t offer(socket& to, const message& what, std::size_t tries) {
  std::size_t accepted = 0;
  for (int patient = 0; patient < 3; ++patient)
    while (to.send_for(what, milliseconds{50}))
      ++accepted;
  for (std::size_t i = 0; i < tries; ++i)
    accepted += to.try_send(what) ? 1 : 0;
  return accepted;
}

} // namespace

TEST_CASE("memory: a receiver that does not read bounds both sides") {
  ON_EVERY(where, places());
  const std::size_t size = GENERATE(100, 1'000'000);
  CAPTURE(size);
  scene it{where};
  const int mark = size == 100 ? 1000 : 10;
  auto pull = it.pull(hwm{mark});
  pull.set(option::rcvbuf, 1'048'576); // else up to tcp_rmem, maybe 32 MiB
  auto push = it.push_to(pull, hwm{mark});
  require_passes(push, pull, "first");
  const auto before = resident_bytes();
  const message what{std::string(size, 'm')};
  const auto accepted = offer(push, what, 100'000);
  const auto marks = 2 * static_cast<std::size_t>(mark);
  // Credit comes back in lumps of half a mark.
  REQUIRE(accepted >= marks - static_cast<std::size_t>(mark) / 2);
  // Beyond the marks there are what the kernel holds and one read.
  REQUIRE(accepted * size <= marks * size + 16 * mebibyte);
  if (!sanitized)
    REQUIRE(resident_bytes() <= before + marks * (size + 64) + 16 * mebibyte);
  for (std::size_t i = 0; i < accepted; ++i)
    REQUIRE(pull.recv().bytes() == size);
  REQUIRE_FALSE(pull.try_recv());
}

TEST_CASE("memory: a flood meets a receiver that does not read") {
  ON_EVERY(where, wires());
  const std::size_t size = GENERATE(1, 100, 10'000);
  CAPTURE(size);
  scene it{where};
  auto pull = it.pull(hwm{10});
  pull.set(option::rcvbuf, 65'536);
  raw_peer flood{pull.bind(it.fresh())};
  REQUIRE(flood.write(greeting() + ready("PUSH") + message_of("first")));
  REQUIRE(pull.recv().str() == "first");
  const auto before = resident_bytes();
  std::string many;
  while (many.size() < 100'000)
    many += message_of(std::string(size, 'f'));
  std::size_t taken = 0;
  while (const auto put = flood.write_some(many, milliseconds{200})) {
    taken += put;
    REQUIRE(taken < 64 * mebibyte);
    // The next one goes on where this one stopped.
    std::rotate(many.begin(), many.begin() + static_cast<long>(put),
                many.end());
  }
  if (!sanitized)
    REQUIRE(resident_bytes() <= before + 4 * mebibyte);
  // It was only held back.
  for (std::size_t i = 0; i < 10; ++i)
    REQUIRE(pull.recv().bytes() == size);
}

TEST_CASE("memory: contexts that end amid traffic leave nothing") {
  ON_EVERY(where, places());
  const auto by_term = GENERATE(true, false);
  CAPTURE(by_term);
  const auto round = [&] {
    scene it{where, milliseconds{0}, 2};
    auto pull = it.pull();
    const auto endpoint = pull.bind(it.fresh());
    threads_inside threads;
    std::vector<socket> all{pull};
    for (int i = 0; i < 3; ++i) {
      auto push = it.push_to(endpoint);
      push.connect(it.vacant()); // pending for ever
      all.push_back(push);
      threads.add_repeating([push]() mutable {
        push.send(message{"a", std::string(5000, 'b')});
      });
    }
    for (int i = 0; i < 100; ++i)
      REQUIRE(pull.recv().size() == 2);
    if (by_term) {
      REQUIRE(it.ctx.term_for(patience));
    } else {
      for (auto& each : all)
        REQUIRE(each.close_for(patience));
    }
    threads.require_all_end_with({errc::terminated, errc::not_a_socket});
  };
  for (int i = 0; i < 5; ++i)
    round();
  const auto files = open_files();
  constexpr std::size_t rounds = 20;
  const auto grows = [&] {
    const auto memory = allocated_bytes();
    for (std::size_t i = 0; i < rounds; ++i)
      round();
    REQUIRE(open_files() == files);
    // A leaked socket, session or slab would be kilobytes a round.
    return !sanitized && allocated_bytes() > memory + rounds * 1024;
  };
  // What a pool takes for a peak comes once, a leak every time.
  REQUIRE_FALSE((grows() && grows() && grows()));
}

TEST_CASE("memory: sockets and peers that come and go leave nothing") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull();
  const auto endpoint = pull.bind(it.fresh());
  const auto wave = [&] {
    std::vector<socket> pushes;
    for (int i = 0; i < 50; ++i) {
      pushes.push_back(it.push_to(endpoint));
      pushes.back().send("x");
    }
    recv_times(pull, pushes.size(), "x");
    for (auto& push : pushes)
      REQUIRE(push.close_for(patience));
  };
  wave();
  wave();
  const auto files = open_files();
  const auto memory = allocated_bytes();
  for (int i = 0; i < 10; ++i)
    wave();
  // The accepted ends close a moment after the others.
  eventually([] { return open_files(); },
             [&](std::size_t now) { return now <= files; });
  if (!sanitized)
    eventually([] { return allocated_bytes(); },
               [&](std::size_t now) { return now <= memory + 500 * 64; });
}

TEST_CASE("memory: a connection made again and again leaves nothing") {
  ON_EVERY(where, wires());
  scene it{where};
  const auto endpoint = it.vacant();
  auto push = it.eager_push();
  push.connect(endpoint);
  const auto round = [&] {
    auto pull = it.pull();
    pull.bind(endpoint);
    require_passes(push, pull, "x");
    REQUIRE(pull.close_for(patience));
  };
  for (int i = 0; i < 50; ++i)
    round();
  const auto files = open_files();
  const auto memory = allocated_bytes();
  for (int i = 0; i < 200; ++i)
    round();
  eventually([] { return open_files(); },
             [&](std::size_t now) { return now <= files + 1; });
  if (!sanitized)
    REQUIRE(allocated_bytes() <= memory + std::size_t{200} * 256);
}

} // namespace zmqrt::test

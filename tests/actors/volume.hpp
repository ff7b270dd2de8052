// SPDX-License-Identifier: MPL-2.0
//
// Four senders into one PULL, 128 bytes a message: complete, in each sender's
// order, sums equal. The suite and the soak run it at different sizes.

#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <future>

#include "tests/actors/fixture.hpp"

namespace zmqrt::test {

/// `each` messages from each of four senders.
inline void require_volume(const place& where, std::uint64_t each) {
  constexpr std::size_t senders = 4;
  // A byte that depends on sender and number, so that a mix-up shows.
  const auto check = [](std::uint64_t number, std::uint64_t from) {
    return static_cast<unsigned char>(number * 31 + from * 7);
  };
  scene it{where, milliseconds{0}, 2};
  auto pull = it.pull();
  const auto endpoint = pull.bind(it.fresh());
  std::vector<std::future<std::uint64_t>> work;
  std::vector<socket> pushes; // they stay until all has come
  for (std::uint64_t from = 0; from < senders; ++from) {
    auto& push = pushes.emplace_back(it.push_to(endpoint));
    work.push_back(std::async(std::launch::async, [=]() mutable {
      std::uint64_t sum = 0;
      std::array<char, 128> body{};
      body[0] = static_cast<char>(from);
      for (std::uint64_t i = 0; i < each; ++i) {
        std::memcpy(&body[8], &i, sizeof i);
        body[127] = static_cast<char>(check(i, from));
        sum += i * (check(i, from) + 1U);
        push.send(std::string_view{body.data(), body.size()});
      }
      return sum;
    }));
  }
  std::array<std::uint64_t, senders> next{};
  std::array<std::uint64_t, senders> sums{};
  std::uint64_t wrong = 0;
  for (std::uint64_t i = 0; i < senders * each; ++i) {
    const auto got = pull.recv();
    const auto body = got[0].view();
    REQUIRE(body.size() == 128);
    const auto from = static_cast<unsigned char>(body[0]);
    REQUIRE(from < senders);
    std::uint64_t number = 0;
    std::memcpy(&number, &body[8], sizeof number);
    const auto seen = static_cast<unsigned char>(body[127]);
    wrong += number == next.at(from)++ && seen == check(number, from) ? 0 : 1;
    sums.at(from) += number * (seen + 1U);
  }
  REQUIRE(wrong == 0);
  for (std::size_t from = 0; from < senders; ++from) {
    REQUIRE(next.at(from) == each);
    REQUIRE(work[from].get() == sums.at(from));
  }
  REQUIRE_FALSE(pull.try_recv());
}

} // namespace zmqrt::test

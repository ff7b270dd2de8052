// SPDX-License-Identifier: MPL-2.0
//
// Delivery and order: what was accepted arrives, whole, once, in order; what
// was refused does not.

#include <algorithm>
#include <array>
#include <atomic>
#include <future>
#include <map>
#include <thread>

#include "tests/actors/fixture.hpp"
#include "tests/actors/volume.hpp"

namespace zmqrt::test {

TEST_CASE("delivery: close right after send loses nothing") {
  ON_EVERY(where, places());
  const auto sender_binds = GENERATE(true, false);
  const auto by_close = GENERATE(true, false);
  CAPTURE(sender_binds, by_close);
  constexpr std::size_t count = 5000;
  scene it{where, infinite};
  auto pull = it.pull(hwm{10});
  auto push = it.push(hwm{0});
  if (sender_binds)
    pull.connect(push.bind(it.fresh()));
  else
    push.connect(pull.bind(it.fresh()));
  send_numbered(push, count, 1000);
  if (by_close)
    push.close();
  else
    push = socket{}; // the last handle
  // Only now does anybody read.
  recv_numbered(pull, count, 1000);
  REQUIRE_FALSE(pull.try_recv());
}

TEST_CASE("delivery: term right after send loses nothing") {
  ON_EVERY(where, wires());
  constexpr std::size_t count = 3000;
  scene there{where};
  auto pull = there.pull(hwm{10});
  scene here{where, infinite};
  auto push = here.push_to(pull.bind(there.fresh()), hwm{0});
  send_numbered(push, count, 1000);
  auto over = std::async(std::launch::async, [&] { here.ctx.term(); });
  recv_numbered(pull, count, 1000);
  over.get();
}

TEST_CASE("delivery: close with unread input loses nothing of ours") {
  ON_EVERY(where, places());
  const auto closer_binds = GENERATE(true, false);
  CAPTURE(closer_binds);
  constexpr std::size_t count = 3000;
  scene it{where, infinite};
  auto ours = it.pair();
  auto theirs = it.pair();
  for (auto* which : {&ours, &theirs}) {
    which->set(option::sndhwm, 0);
    which->set(option::rcvhwm, 10);
  }
  if (closer_binds)
    theirs.connect(ours.bind(it.fresh()));
  else
    ours.connect(theirs.bind(it.fresh()));
  send_numbered(theirs, count, 1000);
  REQUIRE(ours.recv().bytes() == 1000);
  send_numbered(ours, count, 1000);
  ours.close();
  recv_numbered(theirs, count, 1000);
  // What they have for us has nowhere to go any more.
  theirs.set(option::linger, milliseconds{0});
}

TEST_CASE("delivery: order holds through high-water marks") {
  ON_EVERY(where, places());
  const auto mark = GENERATE(1, 3, 1000);
  CAPTURE(mark);
  const std::size_t count = mark == 1 ? 2000 : 20'000;
  scene it{where};
  auto pull = it.pull(hwm{mark});
  auto push = it.push_to(pull, hwm{mark});
  auto sender =
    std::async(std::launch::async, [&] { send_numbered(push, count, 20); });
  recv_numbered(pull, count, 20);
  sender.get();
  REQUIRE_FALSE(pull.try_recv());
}

TEST_CASE("delivery: order holds through batches") {
  ON_EVERY(where, places());
  constexpr std::size_t count = 20'000;
  scene it{where};
  auto pull = it.pull();
  auto push = it.push_to(pull);
  auto sender = std::async(std::launch::async, [&] {
    std::vector<message> batch(97);
    for (std::size_t next = 0; next < count;) {
      const auto size = std::min(batch.size(), count - next);
      for (std::size_t i = 0; i < size; ++i)
        batch[i] = message{numbered(next + i)};
      for (std::size_t done = 0; done < size;)
        done += push.send_batch({batch.data() + done, size - done});
      next += size;
    }
  });
  std::size_t next = 0;
  std::vector<message> got;
  bool in_order = true;
  while (next < count) {
    pull.recv_batch(got, 256);
    for (const auto& each : got)
      in_order = in_order && each.str() == numbered(next++);
  }
  sender.get();
  REQUIRE(in_order);
  REQUIRE(next == count);
}

TEST_CASE("delivery: messages of any shape arrive whole") {
  ON_EVERY(where, places());
  scene it{where};
  auto left = it.pair();
  auto right = it.pair();
  left.connect(right.bind(it.fresh()));
  std::vector<message> shapes;
  for (const std::size_t size :
       {0, 1, 30, 255, 256, 4095, 4096, 8193, 65'536, 1'000'000, 8'000'000})
    shapes.push_back(message{std::string(size, static_cast<char>(size))});
  shapes.push_back(message{"", "", ""});
  shapes.push_back(message{"address", "", "body"});
  message many;
  for (int i = 0; i < 1000; ++i)
    many.push_back(std::string(static_cast<std::size_t>(i) * 7, 'm'));
  shapes.push_back(std::move(many));
  auto sender = std::async(std::launch::async, [&] {
    for (const auto& shape : shapes) {
      left.send(shape);
      right.send(shape); // PAIR goes both ways at once
    }
  });
  for (auto* end : {&left, &right}) {
    for (const auto& shape : shapes) {
      const auto got = end->recv();
      REQUIRE(got.size() == shape.size());
      bool equal = true;
      for (std::size_t i = 0; i < shape.size(); ++i)
        equal = equal && got[i].view() == shape[i].view();
      REQUIRE(equal);
    }
  }
  sender.get();
}

TEST_CASE("delivery: threads that share a socket never mix their parts") {
  ON_EVERY(where, places());
  constexpr std::size_t threads = 4;
  constexpr std::size_t each = 3000;
  scene it{where};
  auto pull = it.pull();
  auto push = it.push_to(pull);
  std::vector<std::future<void>> senders;
  for (std::size_t t = 0; t < threads; ++t)
    senders.push_back(std::async(std::launch::async, [&, t] {
      const auto name = std::to_string(t);
      for (std::size_t i = 0; i < each; ++i) {
        const auto number = std::to_string(i);
        push.send(message{name, number, name + '/' + number});
      }
    }));
  std::array<std::size_t, threads> next{};
  bool whole = true;
  for (std::size_t i = 0; i < threads * each; ++i) {
    const auto got = pull.recv();
    const std::string name{got[0].view()};
    const std::string number{got[1].view()};
    whole = whole && got.size() == 3 && got[2].view() == name + '/' + number
            && number == std::to_string(next.at(std::stoul(name))++);
  }
  for (auto& sender : senders)
    sender.get();
  REQUIRE(whole);
}

TEST_CASE("delivery: threads that share a receiver get each message once") {
  ON_EVERY(where, places());
  constexpr std::size_t threads = 4;
  constexpr std::size_t count = 8000;
  scene it{where};
  auto pull = it.pull();
  auto push = it.push_to(pull);
  std::vector<std::future<std::vector<std::size_t>>> receivers;
  for (std::size_t t = 0; t < threads; ++t)
    receivers.push_back(std::async(std::launch::async, [&] {
      std::vector<std::size_t> got;
      for (;;) {
        const auto text = pull.recv().str();
        if (text == "over")
          return got;
        got.push_back(std::stoul(text));
      }
    }));
  send_numbered(push, count);
  send_times(push, threads, "over");
  std::vector<std::size_t> all;
  for (auto& receiver : receivers) {
    const auto got = receiver.get();
    REQUIRE(std::is_sorted(got.begin(), got.end()));
    all.insert(all.end(), got.begin(), got.end());
  }
  std::sort(all.begin(), all.end());
  REQUIRE(all.size() == count);
  REQUIRE(std::adjacent_find(all.begin(), all.end()) == all.end());
  REQUIRE(all.back() == count - 1);
}

TEST_CASE("delivery: four senders, per-sender order, sums equal") {
  ON_EVERY(where, places());
  require_volume(where, 25'000);
}

TEST_CASE("delivery: what was refused or timed out is not among what comes") {
  ON_EVERY(where, places());
  scene it{where};
  auto pull = it.pull(hwm{5});
  auto push = it.push_to(pull, hwm{5});
  std::size_t accepted = 0;
  // Full is when a wait of some length brings no room.
  while (push.send_for(message{numbered(accepted, 50'000)}, milliseconds{50}))
    ++accepted;
  REQUIRE(accepted >= 5);
  push.set(option::sndtimeo, milliseconds{1});
  REQUIRE_FALSE(push.try_send("refused"));
  REQUIRE_FALSE(push.send_for(message{"late"}, milliseconds{1}));
  REQUIRE(code_of([&] { push.send("late"); }) == errc::again);
  push.set(option::sndtimeo, patience);
  auto sender =
    std::async(std::launch::async, [&] { push.send("the last one"); });
  recv_numbered(pull, accepted, 50'000);
  REQUIRE(pull.recv().str() == "the last one");
  sender.get();
}

} // namespace zmqrt::test

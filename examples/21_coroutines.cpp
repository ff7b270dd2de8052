// SPDX-License-Identifier: MPL-2.0
//
// Coroutines: a service and its clients in one thread, which sleeps when none
// of them can go on. What is awaited can be given a deadline, and what is late
// is cancelled; a receive that was cancelled has taken no message.

#include <chrono>
#include <iostream>
#include <string>
#include <utility>

#include <zmqrt/coroutine.hpp>
#include <zmqrt/zmqrt.hpp>

namespace {

using namespace std::chrono_literals;

// For as long as its loop lives.
zmqrt::task<> serve(zmqrt::socket router) {
  for (;;) {
    auto request = co_await router.async_recv();
    const auto greeting = "hello, " + std::string{request[2].view()};
    request[2] = zmqrt::frame{greeting};
    co_await router.async_send(std::move(request));
  }
}

zmqrt::task<std::string> ask(zmqrt::socket req, std::string name) {
  co_await req.async_send(zmqrt::message(name));
  const auto reply = co_await zmqrt::with_deadline(req.async_recv(), 5s);
  co_return reply ? reply->str() : "nobody answers";
}

zmqrt::task<bool> talk(zmqrt::socket first, zmqrt::socket second) {
  const auto [ann, bob] =
    co_await zmqrt::when_all(ask(first, "Ann"), ask(second, "Bob"));
  std::cout << ann << '\n' << bob << '\n';
  // Whichever ends first; the other one is cancelled.
  co_await first.async_send(zmqrt::message("Eve"));
  const auto what =
    co_await zmqrt::when_any(first.async_recv(), zmqrt::sleep_for(5s));
  co_return ann == "hello, Ann" && bob == "hello, Bob" && what.index() == 0;
}

} // namespace

int main() {
  zmqrt::context ctx;
  auto router = ctx.socket(zmqrt::socket_type::router);
  auto first = ctx.socket(zmqrt::socket_type::req);
  auto second = ctx.socket(zmqrt::socket_type::req);
  const auto endpoint = router.bind("tcp://127.0.0.1:*");
  first.connect(endpoint);
  second.connect(endpoint);
  zmqrt::coroutine_loop loop;
  loop.spawn(serve(router));
  return loop.run(talk(first, second)) ? 0 : 1;
}

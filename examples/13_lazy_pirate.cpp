// SPDX-License-Identifier: MPL-2.0
//
// A client that outlives its server ("lazy pirate"). The loss of a server is
// told at once; REQ_RELAXED lets it ask again on the same socket, and with
// REQ_CORRELATE answers to older questions are dropped.

#include <iostream>
#include <thread>

#include <zmqrt/zmqrt.hpp>

namespace {

/// Dies of the first request, sleeps over the second, answers late and twice.
void serve(zmqrt::socket first, zmqrt::socket next, const std::string& at) try {
  (void)first.recv();
  first.close(); // the endpoint is free when this returns
  next.bind(at);
  for (auto late = next.recv();;) {
    auto request = next.recv();
    next.send(late);
    next.send(request);
    late = std::move(request);
  }
} catch (const zmqrt::error&) { // the context has ended
}

} // namespace

int main() {
  zmqrt::context ctx;
  auto server = ctx.socket(zmqrt::socket_type::router);
  const auto endpoint = server.bind("tcp://127.0.0.1:*");
  std::thread serving{serve, server, ctx.socket(zmqrt::socket_type::router),
                      endpoint};

  auto client = ctx.socket(zmqrt::socket_type::req);
  client.set(zmqrt::option::req_relaxed, true);
  client.set(zmqrt::option::req_correlate, true);
  client.connect(endpoint);
  std::string asked, answer;
  for (int attempt = 1; answer.empty() && attempt <= 40; ++attempt)
    try {
      asked = "attempt " + std::to_string(attempt);
      client.send(asked);
      if (const auto got = client.recv_for(std::chrono::milliseconds{250}))
        answer = got->str();
      else
        std::cout << asked << ": no answer in time\n";
    } catch (const zmqrt::error& lost) {
      std::cout << asked << ": " << lost.what() << '\n';
      if (lost.code() != zmqrt::errc::connection_reset)
        break;
    }
  std::cout << "the answer to: " << answer << '\n';
  ctx.shutdown();
  serving.join();
  return answer == asked ? 0 : 1;
}

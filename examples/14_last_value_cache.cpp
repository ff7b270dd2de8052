// SPDX-License-Identifier: MPL-2.0
//
// Who subscribes late gets the topic's last value at once. XPUB_MANUAL tells of
// each subscription; XPUB_MANUAL_LAST_VALUE sends the next message there alone.

#include <map>
#include <thread>

#include <zmqrt/zmqrt.hpp>

static void keep(const zmqrt::socket& values, zmqrt::socket news) try {
  std::map<std::string, zmqrt::message, std::less<>> last;
  zmqrt::poller either;
  either.add(values, zmqrt::poll_events::in);
  either.add(news, zmqrt::poll_events::in);
  for (;;)
    for (auto& ready : either.wait()) {
      const auto what = ready.socket.recv();
      const auto head = what[0].view();
      if (ready.socket == values) {
        news.send(last[std::string{head}] = what);
      } else if (head[0] == 0) { // the end of a subscription
        news.unsubscribe(head.substr(1));
      } else {
        const auto known = last.find(head.substr(1));
        news.set(zmqrt::option::xpub_manual_last_value, known != last.end());
        news.subscribe(head.substr(1));
        if (known != last.end())
          news.send(known->second);
      }
    }
} catch (const zmqrt::error&) { // the context has ended
}

int main() {
  zmqrt::context ctx;
  auto values = ctx.socket(zmqrt::socket_type::pull);
  auto news = ctx.socket(zmqrt::socket_type::xpub);
  news.set(zmqrt::option::xpub_manual, true);
  const auto endpoint = news.bind("tcp://127.0.0.1:*");
  auto station = ctx.socket(zmqrt::socket_type::push);
  station.connect(values.bind("inproc://values"));
  std::thread cache{keep, values, news};
  std::string heard;
  zmqrt::socket listeners[2];
  station.send(zmqrt::message{"berlin", "sun"});
  for (auto& each : listeners) { // the second one comes after the news
    each = ctx.socket(zmqrt::socket_type::sub);
    each.subscribe("berlin");
    each.connect(endpoint);
    heard += each.recv().at(1).view();
  }
  station.send(zmqrt::message{"berlin", "rain"});
  for (auto& each : listeners) // the first one does not hear "sun" again
    heard += each.recv().at(1).view();
  ctx.shutdown();
  cache.join();
  return heard == "sunsunrainrain" ? 0 : 1;
}

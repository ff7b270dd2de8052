// SPDX-License-Identifier: MPL-2.0
//
// How streams end: in order, by reset, in mid-flight; and what is told before.

#include "tests/conformance/bed.hpp"

using namespace conformance;

TEST_CASE("the end of one direction leaves the other open") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair pair{in};
  pair.near.send("last words");
  in.until([&] { return !pair.near.sending; });
  pair.near.link().shutdown_send();
  in.until([&] { return pair.far.ended; });
  CHECK(pair.far.received == "last words");
  CHECK_FALSE(pair.far.end_code);
  pair.far.send(pattern_batch(1'000'000, 5));
  in.until([&] { return pair.near.received_bytes == 1'000'000; });
  CHECK_FALSE(pair.near.ended);
  pair.finish();
}

TEST_CASE("what the kernel holds is delivered before the end is told") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair pair{in};
  pair.far.link().receive(false);
  in.settle();
  pair.near.send(pattern_batch(100'000, 6));
  in.until([&] { return !pair.near.sending; });
  pair.near.finish();
  in.settle();
  CHECK_FALSE(pair.far.ended); // paused: nothing is said
  pair.far.link().receive(true);
  in.until([&] { return pair.far.ended; });
  CHECK((pair.far.received == pattern_text(100'000, 6)));
  CHECK_FALSE(pair.far.end_code);
  pair.far.finish();
}

TEST_CASE("an end met while paused is told after the resume") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair pair{in};
  pair.near.send("x");
  in.until([&] { return pair.far.received == "x"; });
  pair.far.link().receive(false);
  pair.near.finish();
  in.settle();
  CHECK_FALSE(pair.far.ended);
  pair.far.link().receive(true);
  in.until([&] { return pair.far.ended; });
  CHECK_FALSE(pair.far.end_code);
  pair.far.finish();
}

TEST_CASE("a reset is told behind the bytes that came before it") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair pair{in};
  pair.far.link().receive(false);
  pair.near.link().receive(false);
  in.settle();
  pair.near.send(pattern_batch(50'000, 7));
  pair.far.send("never read");
  in.until([&] { return !pair.near.sending && !pair.far.sending; });
  // One read may have been under way when it paused: leave more unread.
  pair.far.send("nor this");
  in.until([&] { return !pair.far.sending; });
  in.settle();
  pair.near.finish(); // with unread input: the kernel resets
  pair.far.link().receive(true);
  in.until([&] { return pair.far.ended; });
  CHECK((pair.far.received == pattern_text(50'000, 7)));
  CHECK(pair.far.end_code == errc::connection_reset);
  pair.far.finish();
}

TEST_CASE("sending into a closed connection fails") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair pair{in};
  pair.near.finish();
  in.until([&] { return pair.far.ended; });
  for (int i = 0; i < 100 && !pair.far.failed; ++i) {
    pair.far.send("anyone?");
    in.until([&] { return !pair.far.sending || pair.far.failed; });
  }
  CHECK(pair.far.failed);
  const auto code = pair.far.fail_code.value();
  CHECK((code == EPIPE || code == ECONNRESET));
  pair.far.finish();
}

TEST_CASE("close ends what is in flight and says what was sent") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair pair{in};
  pair.far.link().receive(false);
  in.settle();
  pair.near.send(pattern_batch(30'000'000, 8));
  in.until([&] { return pair.near.sent_bytes > 0; });
  in.settle();
  REQUIRE(pair.near.sending);
  pair.near.finish();
  const auto sent = pair.near.sent_bytes;
  pair.far.link().receive(true);
  in.until([&] { return pair.far.ended; });
  // The kernel had nothing unread of ours: it delivers what it had taken.
  CHECK(pair.far.received_bytes == sent);
  pair.far.finish();
}

TEST_CASE("a stream may be closed by each of its callbacks, and die in its "
          "last") {
  IN_EVERY_SETTING(where);
  const auto which = GENERATE(0, 1, 2);
  CAPTURE(which);
  bed in{where};
  connected_pair pair{in};
  auto* link = &pair.far.link();
  if (which == 0)
    pair.far.arrived = [&](auto) { link->close(); };
  if (which == 1)
    pair.far.sent_all = [&] { link->close(); };
  if (which == 2)
    pair.far.wish = [&] {
      link->close();
      return std::span<std::byte>{};
    };
  pair.far.dying = [&] { pair.far.drop(); };
  pair.far.send("out");
  pair.near.send(pattern_batch(1'000'000, 9));
  in.until([&] { return pair.far.closed; });
  in.until([&] { return pair.near.ended; });
  pair.near.finish();
}

TEST_CASE("closing at once, before anything moved, is told too") {
  IN_EVERY_SETTING(where);
  bed in{where};
  connected_pair pair{in};
  pair.near.finish();
  pair.far.finish();
  CHECK(pair.near.closed);
  CHECK(pair.far.closed);
}

TEST_CASE("descriptors return to where they started") {
  IN_EVERY_SETTING(where);
  const auto before = open_files();
  {
    bed in{where};
    for (int i = 0; i < 20; ++i) {
      connected_pair pair{in};
      pair.near.send("x");
      in.until([&] { return pair.far.received == "x"; });
      pair.finish();
    }
    // Streams nobody started close with their owner.
    accept_log accepted{in};
    auto door = in.listen();
    door->start(accepted);
    dial_log dialed{in};
    auto dial = in.loop().dial(door->local(), {});
    dial->start(dialed);
    in.until(
      [&] { return dialed.connection && !accepted.connections.empty(); });
    in.close(*door, accepted);
  }
  CHECK(open_files() == before);
}

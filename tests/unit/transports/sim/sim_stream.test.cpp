// SPDX-License-Identifier: MPL-2.0
//
// The simulated streams: what arrives, what is held back, what is lost.

#include "tests/support/catch.hpp"
#include "tests/unit/transports/sim/sim_peers.hpp"

using namespace zmqrt;
using namespace zmqrt::transports;

namespace {

std::string counted_text(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i)
    text.push_back(static_cast<char>('a' + i % 23));
  return text;
}

sim_conditions small_buffers(std::size_t bytes) {
  sim_conditions made;
  made.kernel_buffer_least_bytes = bytes;
  made.kernel_buffer_most_bytes = bytes;
  return made;
}

const auto reset_code = make_error_code(errc::connection_reset);

} // namespace

TEST_CASE("sim: bytes arrive complete and in order, in pieces") {
  two_hosts hosts{7};
  hosts.connect();
  const std::string text = counted_text(200'000);
  hosts.server->operator->()->receive(true);
  hosts.client->send(text);
  hosts.world.run_to_idle();
  CHECK(hosts.client->sent == text.size());
  CHECK(hosts.server->received == text);
  CHECK(hosts.server->reads > 10);
  CHECK(hosts.client->writes > 10);
  CHECK(hosts.world.breaches().empty());
}

TEST_CASE("sim: a reader that reads nothing holds the writer back") {
  two_hosts hosts{8, small_buffers(1000)};
  hosts.connect();
  const std::string text = counted_text(5000);
  hosts.client->send(text);
  hosts.world.run_to_idle();
  CHECK(hosts.client->sent == 1000);
  CHECK(hosts.server->received.empty());

  (*hosts.server)->receive(true);
  hosts.world.run_to_idle();
  CHECK(hosts.client->sent == text.size());
  CHECK(hosts.server->received == text);
}

TEST_CASE("sim: receiving can be paused and goes on where it was") {
  two_hosts hosts{9, small_buffers(64)};
  hosts.connect();
  const std::string text = counted_text(4000);
  (*hosts.server)->receive(true);
  hosts.client->send(text);
  hosts.world.run_until([&] { return hosts.server->received.size() > 1000; },
                        time_point::max());
  (*hosts.server)->receive(false);
  hosts.world.run_to_idle();
  const std::size_t after_pause = hosts.server->received.size();
  CHECK(after_pause < 1000 + 3 * 64);
  (*hosts.server)->receive(true);
  hosts.world.run_to_idle();
  CHECK(hosts.server->received == text);
}

TEST_CASE("sim: reads go to the direct target") {
  two_hosts hosts{10};
  hosts.connect();
  std::vector<std::byte> memory(100);
  hosts.server->target = memory;
  (*hosts.server)->receive(true);
  hosts.client->send(counted_text(3000));
  hosts.world.run_to_idle();
  CHECK(hosts.server->reads == 0);
  CHECK(hosts.server->direct_reads >= 30);
  CHECK(hosts.server->received == counted_text(3000));
}

TEST_CASE("sim: half-close delivers all and leaves the other way open") {
  two_hosts hosts{11};
  hosts.connect();
  (*hosts.server)->receive(true);
  (*hosts.client)->receive(true);
  hosts.client->send("question");
  hosts.world.run_to_idle();
  (*hosts.client)->shutdown_send();
  hosts.world.run_to_idle();
  CHECK(hosts.server->received == "question");
  REQUIRE(hosts.server->ends.size() == 1);
  CHECK(!hosts.server->ends[0]);

  hosts.server->send("answer");
  hosts.world.run_to_idle();
  CHECK(hosts.client->received == "answer");
  (*hosts.server)->close();
  hosts.world.run_to_idle();
  CHECK(hosts.server->closed == 1);
  CHECK(hosts.client->ends.size() == 1);
}

TEST_CASE("sim: close in order delivers what the kernel had accepted") {
  two_hosts hosts{12};
  hosts.connect();
  hosts.client->send("last words");
  hosts.world.run_until([&] { return hosts.client->sent == 10; },
                        time_point::max());
  (*hosts.client)->close();
  hosts.world.run_to_idle();
  CHECK(hosts.client->closed == 1);
  (*hosts.server)->receive(true);
  hosts.world.run_to_idle();
  CHECK(hosts.server->received == "last words");
  CHECK(hosts.server->ends == std::vector{std::error_code{}});
}

TEST_CASE("sim: close with unread input discards what has not arrived") {
  two_hosts hosts{13};
  hosts.connect();
  hosts.server->send("never read by the client");
  hosts.client->send("arrived");
  hosts.world.run_to_idle();
  hosts.client->send("under way");
  while (hosts.client->sent < 16)
    hosts.world.step();
  (*hosts.client)->close();
  hosts.world.run_to_idle();
  (*hosts.server)->receive(true);
  hosts.world.run_to_idle();
  CHECK(hosts.server->received == "arrived");
  CHECK(hosts.server->ends == std::vector{reset_code});
}

TEST_CASE("sim: bytes that reach a closed end reset the connection") {
  two_hosts hosts{14};
  hosts.connect();
  (*hosts.client)->close();
  hosts.world.run_to_idle();
  hosts.server->send("too late");
  hosts.world.run_to_idle();
  hosts.server->send("and again");
  hosts.world.run_to_idle();
  CHECK(hosts.server->failures == std::vector{reset_code});
}

TEST_CASE("sim: a broken network resets both ends and is noted") {
  two_hosts hosts{15};
  hosts.connect();
  (*hosts.server)->receive(true);
  (*hosts.client)->receive(true);
  hosts.world.run_to_idle();
  const std::string endpoint = hosts.door->local().endpoint();
  hosts.world.network().reset(endpoint);
  hosts.world.run_to_idle();
  CHECK(hosts.client->ends == std::vector{reset_code});
  CHECK(hosts.server->ends == std::vector{reset_code});
  hosts.client->send("gone");
  hosts.world.run_to_idle();
  CHECK(hosts.client->failures.size() == 1);
  REQUIRE(hosts.world.network().losses().size() == 1);
  const sim_loss& loss = hosts.world.network().losses()[0];
  CHECK(loss.server == endpoint);
  CHECK(loss.dialing == hosts.here.number());
  CHECK(loss.accepting == hosts.there.number());
}

TEST_CASE("sim: fate ends a connection within its first bytes") {
  sim_conditions conditions;
  conditions.fate_within_bytes = 5000;
  const bool orderly = GENERATE(false, true);
  (orderly ? conditions.orderly_end_permille : conditions.reset_permille) =
    1000;
  two_hosts hosts{16, conditions};
  hosts.connect();
  (*hosts.server)->receive(true);
  hosts.client->send(counted_text(50'000));
  hosts.world.run_to_idle();
  CHECK(hosts.world.network().losses().size() == 1);
  CHECK(hosts.server->received.size() < 50'000);
  CHECK(hosts.server->received
        == counted_text(50'000).substr(0, hosts.server->received.size()));
  REQUIRE(hosts.server->ends.size() == 1);
  CHECK(static_cast<bool>(hosts.server->ends[0]) == !orderly);
  if (hosts.client->failures.empty()) { // all was accepted before the RST
    hosts.client->send("more");
    hosts.world.run_to_idle();
  }
  CHECK(hosts.client->failures == std::vector{reset_code});
}

TEST_CASE("sim: a silent endpoint holds everything until it speaks") {
  two_hosts hosts{17};
  hosts.connect();
  const std::string endpoint = hosts.door->local().endpoint();
  (*hosts.server)->receive(true);
  hosts.world.network().silence(endpoint, true);
  hosts.client->send("patience");
  hosts.world.run_to_idle();
  CHECK(hosts.client->sent == 8);
  CHECK(hosts.server->received.empty());
  hosts.world.network().silence(endpoint, false);
  hosts.world.run_to_idle();
  CHECK(hosts.server->received == "patience");
}

TEST_CASE("sim: close tells what the kernel took, then closes, always") {
  std::size_t taken_late = 0;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    two_hosts hosts{seed, small_buffers(100)};
    hosts.connect();
    hosts.client->send(counted_text(500));
    (*hosts.client)->close();
    hosts.world.run_to_idle();
    CHECK(hosts.client->closed == 1);
    taken_late += hosts.client->sent;
    (*hosts.server)->receive(true);
    hosts.world.run_to_idle();
    CHECK(hosts.server->received.size() == hosts.client->sent);
  }
  CHECK(taken_late > 0);
}

TEST_CASE("sim: misuse of a stream is noted as a breach") {
  two_hosts hosts{18};
  hosts.connect();
  hosts.client->send("one");
  hosts.client->send("two before one was done");
  CHECK(hosts.world.breaches().size() == 1);
  hosts.world.run_to_idle();
  hosts.client.reset(); // before on_closed()
  CHECK(hosts.world.breaches().size() == 2);
}

TEST_CASE("sim: a planted bug changes one delivery") {
  two_hosts hosts{19};
  hosts.connect();
  hosts.world.plant_bug([](std::vector<std::byte>& bytes) {
    bytes.insert(bytes.end(), bytes.begin(), bytes.end());
    return true;
  });
  (*hosts.server)->receive(true);
  hosts.client->send("x");
  hosts.world.run_to_idle();
  hosts.client->send("y");
  hosts.world.run_to_idle();
  CHECK(hosts.server->received == "xxy");
}

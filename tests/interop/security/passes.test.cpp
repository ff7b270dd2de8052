// SPDX-License-Identifier: MPL-2.0
//
// What passes once both ends are let in, beside libzmq 4.3.4 in a process of
// its own: every compatible pair of socket types with CURVE, some with NULL
// and PLAIN, ours as the server and as the client.

#include <thread>

#include "tests/interop/security/secured.hpp"

namespace zmqrt::test {

namespace {

/// Who speaks. A publisher has to know of the subscription first: ours is
/// asked, theirs says it again and again. "b..." is wanted by nobody.
enum class turn { we_say, they_say, we_publish, they_publish };

struct step {
  turn whose;
  frames said;
  frames heard;
};

/// Two types, their options, and a conversation.
struct couple {
  socket_type ours;
  const char* theirs;
  std::vector<step> steps;
  json our_options = json::object();
  json their_options = json::object();
};

using type = socket_type;

const json us{{"routing_id", "us"}};
const json them{{"routing_id", "them"}};
const json wants_a{{"subscribe", "a"}};

const frames question{"question", "", "part three"};
const frames answer{"answer"};
const frames news{"abc", "news"};
const std::string on_a{"\1a"};

frames with(std::initializer_list<const char*> envelope, const frames& body) {
  frames all{envelope.begin(), envelope.end()};
  all.insert(all.end(), body.begin(), body.end());
  return all;
}

std::vector<couple> requesting() {
  using enum turn;
  return {
    {type::req,
     "REP",
     {{we_say, question, question}, {they_say, answer, answer}}},
    {type::rep,
     "REQ",
     {{they_say, question, question}, {we_say, answer, answer}}},
    {type::req,
     "ROUTER",
     {{we_say, question, with({"us", ""}, question)},
      {they_say, with({"us", ""}, answer), answer}},
     us},
    {type::router,
     "REQ",
     {{they_say, question, with({"them", ""}, question)},
      {we_say, with({"them", ""}, answer), answer}},
     json::object(),
     them},
    {type::dealer,
     "REP",
     {{we_say, with({""}, question), question},
      {they_say, answer, with({""}, answer)}}},
    {type::rep,
     "DEALER",
     {{they_say, with({""}, question), question},
      {we_say, answer, with({""}, answer)}}},
  };
}

std::vector<couple> routing() {
  using enum turn;
  const std::vector<step> both_ways{{we_say, question, question},
                                    {they_say, answer, answer}};
  return {
    {type::pair, "PAIR", both_ways},
    {type::dealer, "DEALER", both_ways},
    {type::dealer,
     "ROUTER",
     {{we_say, question, with({"us"}, question)},
      {they_say, with({"us"}, answer), answer}},
     us},
    {type::router,
     "DEALER",
     {{they_say, question, with({"them"}, question)},
      {we_say, with({"them"}, answer), answer}},
     json::object(),
     them},
    {type::push, "PULL", {{we_say, question, question}}},
    {type::pull, "PUSH", {{they_say, question, question}}},
  };
}

std::vector<couple> publishing() {
  using enum turn;
  return {
    {type::pub, "SUB", {{we_publish, news, news}}, json::object(), wants_a},
    {type::sub, "PUB", {{they_publish, news, news}}, wants_a},
    {type::xpub,
     "SUB",
     {{they_say, {}, {on_a}}, {we_publish, news, news}},
     json::object(),
     wants_a},
    {type::sub,
     "XPUB",
     {{we_say, {}, {on_a}}, {they_say, {"b"}, {}}, {they_say, news, news}},
     wants_a},
    {type::pub, "XSUB", {{they_say, {on_a}, {}}, {we_publish, news, news}}},
    {type::xsub, "PUB", {{we_say, {on_a}, {}}, {they_publish, news, news}}},
    {type::xpub,
     "XSUB",
     {{they_say, {on_a}, {on_a}},
      {we_publish, news, news},
      {they_say, {"word"}, {"word"}}}},
    {type::xsub,
     "XPUB",
     {{we_say, {on_a}, {on_a}},
      {they_say, {"b"}, {}},
      {they_say, news, news},
      {we_say, {"word"}, {"word"}}}},
  };
}

/// A bound libzmq socket attaches a peer in its next call, and a SUB subscribes
/// then: it listens from the start.
bool listens(const couple& two) {
  return std::string{two.theirs} == "SUB";
}

void publish(secured& between, const couple& two, const step& each) {
  if (!listens(two))
    between.theirs.tell({{"do", "hear"}});
  while (between.ours.get(option::topics_count) != 1)
    std::this_thread::yield();
  between.say({"b", "unwanted"});
  between.say(each.said);
  CHECK(between.theirs.next().at("frames") == each.heard);
}

frames hear_published(secured& between, const step& each) {
  for (;;) {
    between.they_say({"b", "unwanted"});
    between.they_say(each.said);
    if (const auto heard = between.ours.try_recv())
      return frames_of(*heard);
  }
}

/// Nothing said is what the library says of itself, nothing heard what it
/// hears itself.
void play_step(secured& between, const couple& two, const step& each) {
  switch (each.whose) {
  case turn::we_say:
    if (!each.said.empty())
      between.say(each.said);
    if (!each.heard.empty())
      CHECK(between.they_hear() == each.heard);
    return;
  case turn::they_say:
    if (!each.said.empty())
      between.they_say(each.said);
    if (!each.heard.empty())
      CHECK(between.hear() == each.heard);
    return;
  case turn::we_publish:
    publish(between, two, each);
    return;
  case turn::they_publish:
    CHECK(hear_published(between, each) == each.heard);
    return;
  }
}

void require_passes(const place& where, const trust& how, const couple& two) {
  for (const bool we_serve : {true, false}) {
    CAPTURE(where, how.name, two.theirs, we_serve);
    INFO("our " << to_string(two.ours));
    secured between{where,    two.ours,        two.theirs,       how,
                    we_serve, two.our_options, two.their_options};
    if (listens(two))
      between.theirs.tell({{"do", "hear"}});
    if (two.ours == type::xsub || std::string{two.theirs} == "XSUB")
      between.theirs.ask({{"do", "await"}, {"monitor", "handshake_succeeded"}});
    for (const auto& each : two.steps)
      play_step(between, two, each);
  }
}

void require_all_pass(const place& where, const trust& how,
                      const std::vector<couple>& all) {
  for (const auto& two : all)
    require_passes(where, how, two);
}

} // namespace

TEST_CASE("security: between all that ask and answer", "[curve][null][plain]") {
  ON_EVERY(where, wires());
  const auto how = GENERATE(null_trust(), plain_trust(), curve_trust());
  require_all_pass(where, how, requesting());
}

TEST_CASE("security: between all that route and deal", "[curve][null][plain]") {
  ON_EVERY(where, wires());
  const auto how = GENERATE(null_trust(), plain_trust(), curve_trust());
  require_all_pass(where, how, routing());
}

TEST_CASE("security: between all that publish and subscribe",
          "[curve][null][plain]") {
  ON_EVERY(where, wires());
  const auto how = GENERATE(null_trust(), plain_trust(), curve_trust());
  require_all_pass(where, how, publishing());
}

TEST_CASE("security: ROUTER with ROUTER, by name", "[curve][null][plain]") {
  ON_EVERY(where, wires());
  const auto how = GENERATE(null_trust(), plain_trust(), curve_trust());
  const bool we_serve = GENERATE(true, false);
  CAPTURE(how.name, we_serve);
  secured between{where, type::router, "ROUTER",
                  how,   we_serve,     us + json{{"router_mandatory", 1}},
                  them};
  // Known once it is there.
  for (bool sent = false; !sent;) {
    try {
      between.say({"them", "hello"});
      sent = true;
    } catch (const error& problem) {
      REQUIRE(problem.code() == errc::host_unreachable);
      std::this_thread::yield();
    }
  }
  CHECK(between.they_hear() == frames{"us", "hello"});
  between.they_say({"us", "hello yourself"});
  CHECK(between.hear() == frames{"them", "hello yourself"});
}

// -- sizes --------------------------------------------------------------------

TEST_CASE("security: messages of every size pass, whole and in order",
          "[sizes]") {
  ON_EVERY(where, wires());
  const auto how = GENERATE(null_trust(), plain_trust(), curve_trust());
  const bool we_serve = GENERATE(true, false);
  CAPTURE(how.name, we_serve);
  const std::vector<std::size_t> sizes{0,         1,          255,       256,
                                       8U << 10U, 64U << 10U, 1U << 20U, 5};
  secured between{where, type::dealer, "DEALER", how, we_serve};
  between.require_out({8, sizes, 1, 0});
  between.require_in({8, sizes, 1, 0});
  between.require_out({9, sizes, 3, 0});
  between.require_in({9, sizes, 3, 0});
}

TEST_CASE("security: many small ones pass, boxed by the batch", "[sizes]") {
  ON_EVERY(where, wires());
  const bool we_serve = GENERATE(true, false);
  CAPTURE(we_serve);
  const traffic small{5000, {0, 1, 17, 64, 255, 256, 300}, 1, 0};
  secured between{where, type::dealer, "DEALER", curve_trust(), we_serve};
  between.require_out(small);
  between.require_in(small);
}

// Once each way: libzmq takes its time.
TEST_CASE("security: 64 MiB pass boxed, either way", "[sizes]") {
  const bool out = GENERATE(true, false);
  const place where{out ? backends().front() : backends().back(), "tcp"};
  CAPTURE(out, where);
  const traffic huge{1, {64U << 20U}, 1, 0};
  secured between{where, type::dealer, "DEALER", curve_trust(), out};
  if (out)
    between.require_out(huge);
  else
    between.require_in(huge);
}

} // namespace zmqrt::test

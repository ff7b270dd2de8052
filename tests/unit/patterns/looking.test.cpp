// SPDX-License-Identifier: MPL-2.0
//
// The patterns that look at messages, as policies: what the gate cannot show,
// and options in every state.

#include <algorithm>
#include <string>
#include <vector>

#include "libzmqrt/patterns/pattern.hpp"
#include "tests/support/catch.hpp"

using namespace zmqrt;
using namespace zmqrt::patterns;
using kind = delivery::kind;

namespace {

/// A pattern with pipes 0 to `pipes - 1`, writable, each with a peer of that
/// number's name.
struct bench {
  bench(socket_type type, pipe_id pipes) : policy(make_pattern(type, options)) {
    for (pipe_id pipe = 0; pipe < pipes; ++pipe)
      REQUIRE(join(pipe, std::to_string(pipe)));
  }
  bool join(pipe_id pipe, const std::string& name) {
    pipe_id evicted = no_pipe;
    if (!policy->attach(pipe))
      return false;
    policy->set_writable(pipe, true);
    return policy->plugged(pipe, {name, false}, evicted);
  }
  delivery send(const message& what) {
    const auto how = policy->route(what);
    if (how.what != kind::later && how.what != kind::refused)
      policy->sent(how.pipe);
    return how;
  }
  /// What the application reads of it, frames joined by '|'; "-": nothing.
  std::string come(pipe_id from, message what) {
    policy->received(from);
    if (!policy->arrived(from, what))
      return "-";
    policy->handed_out(from);
    return text_of(what);
  }
  std::string next_word() {
    if (policy->next_in() != from_pattern)
      return "-";
    message out;
    policy->take(out);
    policy->handed_out(from_pattern);
    return text_of(out);
  }
  static std::string text_of(const message& what) {
    std::string text;
    for (std::size_t i = 0; i < what.size(); ++i)
      text += (i == 0 ? "" : "|") + std::string{what[i].view()};
    return text;
  }
  void subscribes(pipe_id from, std::string_view topic, bool on = true) {
    std::string text(1, on ? '\1' : '\0');
    text += topic;
    policy->digest(from, message{std::string_view{text}});
  }
  std::vector<pipe_id> who_gets(const message& what) {
    const auto how = send(what);
    if (how.what != kind::to_all)
      return {};
    return {how.pipes.begin(), how.pipes.end()};
  }

  socket_options options;
  std::unique_ptr<pattern> policy;
};

using pipes = std::vector<pipe_id>;

std::string on(std::string_view topic) {
  return "\1" + std::string{topic};
}
std::string off(std::string_view topic) {
  return std::string(1, '\0') + std::string{topic};
}

} // namespace

// -- ROUTER -------------------------------------------------------------------

TEST_CASE("ROUTER: what cannot go is dropped, or told at the call") {
  bench router{socket_type::router, 1};
  router.options.router_mandatory = GENERATE(false, true);
  const bool mandatory = router.options.router_mandatory;
  const auto unknown = router.send(message{"nobody", "x"});
  CHECK(unknown.what == (mandatory ? kind::refused : kind::dropped));
  if (mandatory)
    CHECK(unknown.why == errc::host_unreachable);
  router.policy->set_writable(0, false);
  CHECK(router.send(message{"0", "x"}).what
        == (mandatory ? kind::later : kind::dropped));
  router.policy->set_writable(0, true);
  CHECK(router.send(message{"0", "x"}).pipe == 0);
  CHECK(router.send(message{"0"}).what == kind::dropped);
  CHECK(router.policy->next_out() != no_pipe);
}

TEST_CASE("ROUTER: names of its own are five octets, and unique") {
  bench router{socket_type::router, 0};
  std::vector<std::string> names;
  for (pipe_id pipe = 0; pipe < 500; ++pipe) {
    REQUIRE(router.join(pipe, ""));
    names.push_back(router.come(pipe, message{"x"}));
    CHECK(names.back().size() == 7);
    CHECK(names.back()[0] == '\0');
  }
  std::sort(names.begin(), names.end());
  CHECK(std::unique(names.begin(), names.end()) == names.end());
}

TEST_CASE("ROUTER: a peer without a name keeps the one it was given") {
  bench router{socket_type::router, 0};
  REQUIRE(router.join(0, ""));
  const auto before = router.come(0, message{"x"});
  pipe_id evicted = no_pipe;
  router.policy->unplugged(0, true, true);
  REQUIRE(router.policy->plugged(0, {}, evicted));
  CHECK(router.come(0, message{"x"}) == before);
  REQUIRE(router.policy->plugged(0, {"new", false}, evicted));
  CHECK(router.come(0, message{"x"}) == "new|x");
}

TEST_CASE("ROUTER_NOTIFY tells of peers that come and go") {
  bench router{socket_type::router, 0};
  router.options.router_notify = 3;
  REQUIRE(router.join(0, "a"));
  CHECK(router.next_word() == "a|");
  router.policy->retire(0);
  CHECK(router.next_word() == "-"); // its last messages come first
  router.policy->detach(0);
  CHECK(router.next_word() == "a|");
  CHECK(router.next_word() == "-");
}

TEST_CASE("ROUTER: a name that is free again may be taken") {
  bench router{socket_type::router, 1};
  CHECK_FALSE(router.join(1, "0"));
  router.policy->detach(1);
  router.policy->retire(0);
  CHECK(router.join(1, "0"));
  CHECK(router.send(message{"0", "x"}).pipe == 1);
  CHECK(router.come(0, message{"late"}) == "0|late");
  router.policy->detach(0);
  CHECK(router.send(message{"0", "x"}).pipe == 1);
}

// -- REQ and REP --------------------------------------------------------------

TEST_CASE("REQ asks its peers in turn, and hears the one it asked") {
  bench req{socket_type::req, 3};
  for (const pipe_id asked : {0U, 1U, 2U, 0U}) {
    const auto how = req.send(message{"q"});
    CHECK(how.pipe == asked);
    CHECK(how.envelope.size() == 1);
    CHECK(how.envelope[0].size() == 0);
    CHECK(req.come((asked + 1) % 3, message{"", "not asked"}) == "-");
    CHECK(req.come(asked, message{"no delimiter"}) == "-");
    CHECK(req.come(asked, message{""}) == "-");
    CHECK(req.come(asked, message{"", "r", "2"}) == "r|2");
  }
  CHECK(req.policy->receive_flaw() == errc::fsm);
}

TEST_CASE("REQ_RELAXED forgets the former request, REQ_CORRELATE its reply") {
  bench req{socket_type::req, 2};
  req.options.req_relaxed = true;
  req.options.req_correlate = true;
  const auto first = req.send(message{"q"});
  const message number{first.envelope[0]};
  CHECK(first.envelope.size() == 2);
  CHECK(number[0].size() == 4);
  CHECK(req.send(message{"q"}).pipe == 1);
  CHECK(req.send(message{"q"}).pipe == 0);
  message stale{number};
  stale.push_back("");
  stale.push_back("stale");
  CHECK(req.come(0, stale) == "-");
}

TEST_CASE("REQ without a peer waits, and is told once of one that is lost") {
  bench req{socket_type::req, 0};
  CHECK(req.send(message{"q"}).what == kind::later);
  REQUIRE(req.join(0, ""));
  CHECK(req.send(message{"q"}).what == kind::to_one);
  CHECK_FALSE(req.policy->receive_flaw());
  req.policy->unplugged(0, false, true); // will be sent again
  req.policy->unplugged(0, true, false); // its reply may be here
  CHECK_FALSE(req.policy->receive_flaw());
  req.policy->unplugged(0, true, true);
  CHECK(req.policy->receive_flaw() == errc::connection_reset);
  CHECK(req.policy->receive_flaw() == errc::fsm);
  CHECK(req.send(message{"q"}).what == kind::to_one);
}

TEST_CASE("REP drops the reply to a requester that is gone or full") {
  bench rep{socket_type::rep, 1};
  CHECK(rep.come(0, message{"a", "b", "", "q"}) == "q");
  const auto how = rep.send(message{"r"});
  REQUIRE(how.envelope.size() == 3);
  CHECK(how.envelope[1].view() == "b");
  CHECK(rep.come(0, message{"", "q"}) == "q");
  rep.policy->set_writable(0, false);
  CHECK(rep.send(message{"r"}).what == kind::dropped);
  rep.policy->set_writable(0, true);
  CHECK(rep.come(0, message{"", "q"}) == "q");
  CHECK(rep.policy->receive_flaw() == errc::fsm);
  rep.policy->detach(0);
  REQUIRE(rep.join(0, "")); // of the same number
  CHECK(rep.send(message{"r"}).what == kind::dropped);
  CHECK(rep.send(message{"r"}).why == errc::fsm);
  CHECK(rep.come(0, message{"", ""}) == "");
}

// -- PUB and XPUB -------------------------------------------------------------

TEST_CASE("XPUB tells what is new, and with XPUB_VERBOSE what is not") {
  bench xpub{socket_type::xpub, 2};
  xpub.options.xpub_verbose = GENERATE(false, true);
  xpub.options.xpub_verboser = GENERATE(false, true);
  const bool verboser = xpub.options.xpub_verboser;
  const bool verbose = xpub.options.xpub_verbose || verboser;
  xpub.subscribes(0, "t");
  CHECK(xpub.next_word() == on("t"));
  xpub.subscribes(1, "t");
  CHECK(xpub.next_word() == (verbose ? on("t") : "-"));
  xpub.subscribes(0, "t", false);
  CHECK(xpub.next_word() == (verboser ? off("t") : "-"));
  xpub.subscribes(1, "t", false);
  CHECK(xpub.next_word() == off("t"));
  CHECK(xpub.next_word() == "-");
}

TEST_CASE("XPUB tells of topics that end with their last subscriber") {
  bench xpub{socket_type::xpub, 2};
  for (const pipe_id pipe : {0U, 1U})
    xpub.subscribes(pipe, "t");
  (void)xpub.next_word();
  xpub.policy->retire(0);
  xpub.policy->detach(0);
  CHECK(xpub.next_word() == "-");
  xpub.policy->detach(1);
  CHECK(xpub.next_word() == off("t"));
}

TEST_CASE("XPUB_MANUAL subscribes whom the application says") {
  bench xpub{socket_type::xpub, 2};
  CHECK(xpub.policy->subscribe("t", true).what == kind::refused);
  xpub.options.xpub_manual = true;
  xpub.subscribes(0, "t");
  xpub.subscribes(1, "t");
  CHECK(xpub.who_gets(message{"t"}).empty());
  CHECK(xpub.next_word() == on("t"));
  (void)xpub.policy->subscribe("other", true);
  CHECK(xpub.who_gets(message{"other"}) == pipes{0});
  CHECK(xpub.next_word() == on("t"));
  (void)xpub.policy->subscribe("other", true);
  CHECK(xpub.who_gets(message{"other"}) == pipes{0, 1});
  (void)xpub.policy->subscribe("other", false);
  CHECK(xpub.who_gets(message{"other"}) == pipes{0});
  xpub.subscribes(1, "late");
  xpub.policy->detach(0);
  // What is left to be told of a peer is not of the next of that number.
  xpub.policy->detach(1);
  REQUIRE(xpub.join(1, ""));
  CHECK(xpub.next_word() == on("late"));
  (void)xpub.policy->subscribe("other", true);
  CHECK(xpub.who_gets(message{"other"}).empty());
  std::vector<std::string> ended{xpub.next_word(), xpub.next_word()};
  std::sort(ended.begin(), ended.end());
  CHECK(ended == std::vector<std::string>{off("late"), off("t")});
  CHECK(xpub.next_word() == "-");
  CHECK(xpub.policy->topics() == 0);
}

TEST_CASE("XPUB_MANUAL_LAST_VALUE: the next message is for the last one") {
  bench xpub{socket_type::xpub, 2};
  xpub.options.xpub_manual = true;
  xpub.options.xpub_manual_last_value = true;
  for (const pipe_id pipe : {0U, 1U}) {
    xpub.subscribes(pipe, "t");
    (void)xpub.next_word();
    (void)xpub.policy->subscribe("t", true);
    CHECK(xpub.who_gets(message{"t"}) == pipes{pipe});
  }
  CHECK(xpub.who_gets(message{"t"}) == pipes{0, 1});
}

TEST_CASE("XPUB_NODROP waits as a whole") {
  bench pub{GENERATE(socket_type::pub, socket_type::xpub), 2};
  for (const pipe_id pipe : {0U, 1U})
    pub.subscribes(pipe, "");
  pub.policy->set_writable(1, false);
  CHECK(pub.who_gets(message{"t"}) == pipes{0});
  CHECK(pub.send(message{"t"}).missed == 1);
  pub.options.xpub_nodrop = true;
  CHECK(pub.send(message{"t"}).what == kind::later);
  pub.policy->set_writable(1, true);
  CHECK(pub.who_gets(message{"t"}) == pipes{0, 1});
}

TEST_CASE("INVERT_MATCHING turns the filter round, on both sides") {
  bench pub{socket_type::pub, 2};
  pub.options.invert_matching = true;
  pub.subscribes(0, "t");
  CHECK(pub.who_gets(message{"t1"}) == pipes{1});
  CHECK(pub.who_gets(message{"x"}) == pipes{0, 1});
  bench sub{socket_type::sub, 1};
  sub.options.invert_matching = true;
  (void)sub.policy->subscribe("t", true);
  CHECK(sub.come(0, message{"t1"}) == "-");
  CHECK(sub.come(0, message{"x"}) == "x");
}

TEST_CASE("a multipart subscription is read frame by frame, or not") {
  bench xpub{socket_type::xpub, 1};
  xpub.options.only_first_subscribe = GENERATE(false, true);
  const bool only_first = xpub.options.only_first_subscribe;
  xpub.policy->digest(0, message{"\1a", "word", "\1b"});
  CHECK(xpub.next_word() == on("a"));
  CHECK(xpub.next_word() == (only_first ? "word|\1b" : on("b")));
  CHECK(xpub.next_word() == (only_first ? "-" : "word"));
  CHECK(xpub.policy->topics() == (only_first ? 1U : 2U));
}

TEST_CASE("PUB drops what its subscribers say; XPUB bounds what it is told") {
  bench pub{socket_type::pub, 1};
  pub.policy->digest(0, message{"word"});
  CHECK(pub.next_word() == "-");
  CHECK_FALSE(pub.policy->can_receive());
  bench xpub{socket_type::xpub, 1};
  xpub.options.rcvhwm = 2;
  for (int i = 0; i < 10; ++i)
    xpub.subscribes(0, std::to_string(i));
  for (int i = 6; i < 10; ++i)
    CHECK(xpub.next_word() == on(std::to_string(i)));
  CHECK(xpub.next_word() == "-");
  CHECK(xpub.policy->topics() == 10);
}

// -- SUB and XSUB -------------------------------------------------------------

TEST_CASE("XSUB sends each subscription, its last end, and words to all") {
  bench xsub{socket_type::xsub, 2};
  CHECK(xsub.send(message{on("t")}).what == kind::subscribe);
  CHECK(xsub.send(message{on("t")}).what == kind::subscribe);
  xsub.options.xsub_verbose_unsubscribe = GENERATE(false, true);
  CHECK(
    xsub.send(message{off("t")}).what
    == (xsub.options.xsub_verbose_unsubscribe ? kind::cancel : kind::dropped));
  const message end{off("t")};
  const auto last = xsub.send(end);
  CHECK(last.what == kind::cancel);
  CHECK(last.topic == "t");
  CHECK(last.pipes.size() == 2);
  CHECK(xsub.send(message{off("t")}).what == kind::dropped);
  xsub.policy->set_writable(0, false);
  CHECK(xsub.who_gets(message{"word"}) == pipes{1});
  CHECK(xsub.send(message{""}).what == kind::to_all);
}

TEST_CASE("SUB's subscriptions outlive its peers") {
  bench sub{socket_type::sub, 1};
  (void)sub.policy->subscribe("a", true);
  (void)sub.policy->subscribe("", true);
  sub.policy->unplugged(0, true, true);
  CHECK(sub.policy->subscribe("b", true).pipes.empty());
  std::vector<std::string> told;
  sub.policy->each_subscription(
    [](std::string_view topic, void* to) {
      static_cast<std::vector<std::string>*>(to)->emplace_back(topic);
    },
    &told);
  std::sort(told.begin(), told.end());
  CHECK(told == std::vector<std::string>{"", "a", "b"});
  CHECK(sub.policy->topics() == 3);
}

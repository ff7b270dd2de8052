// SPDX-License-Identifier: MPL-2.0
//
// Drafts whose first part says already what would become of them, and drafts
// that lose their last part again.

#include <thread>

#include "actors/gate/draft.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/gate/fixtures.hpp"

using namespace zmqrt;
using namespace zmqrt::test;

namespace {

socket_options mandatory() {
  auto some = with_hwm(1, 1000);
  some.router_mandatory = true;
  return some;
}

/// A message of these parts.
std::error_code whole(gate& into, gate::draft& parts,
                      const std::vector<std::string>& texts) {
  const auto why = into.open(parts, frame{texts[0]}, patience::never());
  if (why)
    return why;
  for (const auto& text : texts)
    REQUIRE_FALSE(into.append(parts, frame{text}));
  return into.commit(parts, patience::never());
}

} // namespace

TEST_CASE("a ROUTER that must deliver says at the first part that it cannot") {
  gate router{socket_type::router, mandatory()};
  gate::draft parts;
  CHECK(router.open(parts, frame{"ann"}, patience::never())
        == errc::host_unreachable);
  CHECK_FALSE(parts.is_open());
  const auto ann = accept(router, "ann");
  REQUIRE(ann);
  CHECK_FALSE(whole(router, parts, {"ann", "x"}));
  CHECK(router.open(parts, frame{"ann"}, patience::never()) == errc::again);
  CHECK_FALSE(parts.is_open());
  CHECK(taken(router, *ann) == std::vector<std::string>{"x"});
  CHECK_FALSE(whole(router, parts, {"ann", "y"}));
}

TEST_CASE("the first part waits for room, as a send would") {
  gate router{socket_type::router, mandatory()};
  const auto ann = accept(router, "ann");
  REQUIRE_FALSE(router.send(message{"ann", "x"}, patience::never()));
  gate::draft parts;
  std::error_code why = make_error_code(errc::again);
  std::thread writer(
    [&] { why = router.open(parts, frame{"ann"}, patience::forever()); });
  CHECK(taken(router, *ann).size() == 1);
  writer.join();
  CHECK_FALSE(why);
  router.abandon(parts);
}

TEST_CASE("a ROUTER that need not deliver takes any first part") {
  gate router{socket_type::router, with_hwm(1, 1)};
  gate::draft parts;
  CHECK_FALSE(whole(router, parts, {"nobody", "x"}));
}

TEST_CASE("whose turn it is not is told at the first part") {
  const auto rep = make_gate(socket_type::rep);
  gate::draft parts;
  CHECK(rep->open(parts, frame{"x"}, patience::never()) == errc::fsm);
  const auto req = make_gate(socket_type::req);
  CHECK(req->open(parts, frame{"x"}, patience::never()) == errc::again);
  REQUIRE(req->attach({}));
  CHECK_FALSE(whole(*req, parts, {"x", "y"}));
  CHECK(req->open(parts, frame{"x"}, patience::never()) == errc::fsm);
  CHECK_FALSE(parts.is_open());
}

TEST_CASE("an XPUB that drops nothing says so at the first part") {
  auto some = with_hwm(1, 1000);
  some.xpub_nodrop = true;
  gate xpub{socket_type::xpub, some};
  const auto sub = accept(xpub, "sub");
  comes(xpub, *sub, message{std::string_view{"\1a", 2}});
  gate::draft parts;
  CHECK_FALSE(whole(xpub, parts, {"a", "1"}));
  CHECK(xpub.open(parts, frame{"a"}, patience::never()) == errc::again);
  CHECK_FALSE(whole(xpub, parts, {"b", "nobody wants it"}));
  CHECK(taken(xpub, *sub) == std::vector<std::string>{"a|1"});
}

TEST_CASE("a message that found no room at its last part is as before it") {
  gate router{socket_type::router, mandatory()};
  const auto ann = accept(router, "ann");
  gate::draft parts;
  REQUIRE_FALSE(router.open(parts, frame{"ann"}, patience::never()));
  REQUIRE_FALSE(router.append(parts, frame{"ann"}));
  REQUIRE_FALSE(router.append(parts, frame{"1"}));
  REQUIRE_FALSE(router.send(message{"ann", "in between"}, patience::never()));
  REQUIRE_FALSE(router.append(parts, frame{"2"}));
  CHECK(router.commit(parts, patience::never()) == errc::again);
  router.retract(parts);
  CHECK(parts.is_open());
  CHECK(taken(router, *ann) == std::vector<std::string>{"in between"});
  REQUIRE_FALSE(router.append(parts, frame{"3"}));
  CHECK_FALSE(router.commit(parts, patience::never()));
  CHECK(taken(router, *ann) == std::vector<std::string>{"1|3"});
}

TEST_CASE("a part is taken off where the pipe is chosen already") {
  const auto push = make_gate(socket_type::push);
  const auto pipe = push->attach({});
  gate::draft parts;
  REQUIRE_FALSE(push->open(parts, frame{"1"}, patience::never()));
  REQUIRE_FALSE(push->append(parts, frame{"1"}));
  REQUIRE_FALSE(push->append(parts, frame{"2"}));
  push->retract(parts);
  REQUIRE_FALSE(push->append(parts, frame{"3"}));
  CHECK_FALSE(push->commit(parts, patience::never()));
  CHECK(taken(*push, *pipe) == std::vector<std::string>{"1|3"});
}

TEST_CASE("nothing is taken off a draft without parts") {
  const auto push = make_gate(socket_type::push);
  REQUIRE(push->attach({}));
  gate::draft parts;
  push->retract(parts);
  REQUIRE_FALSE(push->open(parts, patience::never()));
  push->retract(parts);
  CHECK(parts.is_open());
  push->abandon(parts);
}

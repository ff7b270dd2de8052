// SPDX-License-Identifier: MPL-2.0
//
// The options beside libzmq's own: the same numbers, defaults and
// representations on every socket type, but for what docs/libzmq-differences.md
// says. Both libraries in this one process: nothing is sent.

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include <zmq.h>

#include "tests/support/catch.hpp"
#include "zmqrt/zmqrt.hpp"

using namespace zmqrt;

namespace {

using bytes = std::vector<std::byte>;
using names = std::set<std::string>;

constexpr int first_of_ours = 10000;
constexpr int zero_copy_recv = 10; // ZMQ_, a draft's name
constexpr int beyond_libzmq = 130; // none of its options has such a number

struct entry {
  int id;
  std::string name;
  option_access access;
};

const std::vector<entry>& entries() {
  static const std::vector<entry> all{
#define ZMQRT_OPTION(name, ...)                                                \
  entry{option::name.id, #name, option::name.access},
#define ZMQRT_GATHERING_OPTION(name, ...)                                      \
  entry{option::name.id, #name, option::name.access},
#define ZMQRT_SECURITY_OPTION(name, ...)                                       \
  entry{option::name.id, #name, option::name.access},
#define ZMQRT_LIVE_OPTION(name, ...)                                           \
  entry{option::name.id, #name, option::name.access},
#include "zmqrt/option_list.hpp"
  };
  return all;
}

const entry* find(int id) {
  const auto it =
    std::find_if(entries().begin(), entries().end(),
                 [&](const entry& each) { return each.id == id; });
  return it == entries().end() ? nullptr : &*it;
}

std::string capitals(std::string name) {
  for (char& c : name)
    c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

std::string text_of(const std::string& path) {
  std::ifstream file{path};
  REQUIRE(file);
  return {std::istreambuf_iterator<char>{file}, {}};
}

// -- the known differences ----------------------------------------------------

/// Defaults and answers that are not libzmq's.
const names differing{"fd", "linger", "thread_safe"};

/// libzmq 4.3.4 sets these and does not answer them.
const names set_only_there{
  "router_mandatory", "router_handover",  "probe_router",  "req_correlate",
  "req_relaxed",      "xpub_verbose",     "xpub_verboser", "xpub_manual",
  "xpub_nodrop",      "xpub_welcome_msg", "stream_notify"};

/// Drafts, which Debian's libzmq 4.3.4 is built without, or of later versions.
const names unknown_there{"router_notify", "xpub_manual_last_value",
                          "in_batch_size", "out_batch_size",
                          "hello_msg",     "disconnect_msg",
                          "hiccup_msg",    "only_first_subscribe",
                          "priority",      "busy_poll",
                          "topics_count",  "xsub_verbose_unsubscribe"};

/// Not in its header either, which has the drafts: of later versions.
const names not_in_header{"busy_poll", "hiccup_msg", "topics_count",
                          "xsub_verbose_unsubscribe"};

/// GSSAPI's, which zmqrt does not have.
const std::map<std::string, int> absent_here{
  {"GSSAPI_SERVER", 62},
  {"GSSAPI_PRINCIPAL", 63},
  {"GSSAPI_SERVICE_PRINCIPAL", 64},
  {"GSSAPI_PLAINTEXT", 65},
  {"GSSAPI_PRINCIPAL_NAMETYPE", 90},
  {"GSSAPI_SERVICE_PRINCIPAL_NAMETYPE", 91}};

// -- two sockets of one type --------------------------------------------------

struct libzmq_socket {
  explicit libzmq_socket(int type)
    : ctx(zmq_ctx_new()), handle(zmq_socket(ctx, type)) {
    REQUIRE(handle != nullptr);
  }
  libzmq_socket(const libzmq_socket&) = delete;
  ~libzmq_socket() {
    zmq_close(handle);
    zmq_ctx_term(ctx);
  }

  /// None: EINVAL. What has one size only is asked for in that size.
  [[nodiscard]] std::optional<bytes> get(int id) const {
    for (const std::size_t room : {4U, 8U, 256U, 32U}) {
      bytes value(room);
      std::size_t size = room;
      if (zmq_getsockopt(handle, id, value.data(), &size) == 0) {
        value.resize(size);
        return value;
      }
      REQUIRE(zmq_errno() == EINVAL);
    }
    return std::nullopt;
  }

  void* ctx;
  void* handle;
};

constexpr std::array types{
  socket_type::pair,   socket_type::pub,  socket_type::sub,
  socket_type::req,    socket_type::rep,  socket_type::dealer,
  socket_type::router, socket_type::pull, socket_type::push,
  socket_type::xpub,   socket_type::xsub, socket_type::stream};

} // namespace

TEST_CASE("options: numbers are those of zmq.h") {
  const auto header = text_of(ZMQRT_ZMQ_H);
  std::map<std::string, int> defined;
  const std::regex line{"#define ZMQ_(\\w+) (\\d+)"};
  for (std::sregex_iterator it{header.begin(), header.end(), line}, end;
       it != end; ++it)
    defined[(*it)[1]] = std::stoi((*it)[2]);
  REQUIRE(defined.size() > 150);
  for (const entry& each : entries()) {
    if (each.id >= first_of_ours)
      continue;
    INFO(each.name);
    const auto found = defined.find(capitals(each.name));
    REQUIRE((found == defined.end()) == (not_in_header.count(each.name) == 1));
    if (found != defined.end())
      REQUIRE(each.id == found->second);
  }
  for (const auto& [name, id] : absent_here) {
    INFO(name);
    REQUIRE(defined.at(name) == id);
  }
}

TEST_CASE("options: defaults and representations are libzmq's") {
  REQUIRE(zmq_has("draft") == 0);
  context ctx;
  names seen_to_differ;
  for (const auto type : types) {
    INFO(to_string(type));
    const libzmq_socket theirs{static_cast<int>(type)};
    const auto ours = ctx.socket(type);
    for (const entry& each : entries()) {
      if (each.id >= first_of_ours)
        continue;
      INFO(each.name);
      const auto wanted = theirs.get(each.id);
      const bool answered = each.access != option_access::set_only;
      const bool silent = set_only_there.count(each.name) == 1
                          || unknown_there.count(each.name) == 1;
      REQUIRE(wanted.has_value() == (answered && !silent));
      if (!wanted)
        continue;
      const auto held = ours.get_raw(each.id);
      REQUIRE(held.size() == wanted->size());
      if (held == *wanted)
        continue;
      CHECK(differing.count(each.name) == 1);
      seen_to_differ.insert(each.name);
    }
  }
  REQUIRE(seen_to_differ == differing);
}

TEST_CASE("options: libzmq has no other ones but the known") {
  context ctx;
  const auto ours = ctx.socket(socket_type::pair);
  const libzmq_socket theirs{ZMQ_PAIR};
  std::set<int> known;
  for (const auto& [name, id] : absent_here)
    known.insert(id);
  std::set<int> missing;
  for (int id = 0; id < beyond_libzmq; ++id)
    if (theirs.get(id) && find(id) == nullptr && id != ZMQ_IPV4ONLY)
      missing.insert(id);
  REQUIRE(missing == known);
  bytes ipv4only(sizeof(int));
  ipv4only[0] = std::byte{1};
  REQUIRE(ours.get_raw(ZMQ_IPV4ONLY) == theirs.get(ZMQ_IPV4ONLY));
  REQUIRE(ours.get_raw(ZMQ_IPV4ONLY) == ipv4only);
}

TEST_CASE("options: a context's numbers and defaults are libzmq's") {
  const context ctx;
  void* const theirs = zmq_ctx_new();
  std::set<int> differ;
  for (int id = -1; id < beyond_libzmq; ++id) {
    INFO(id);
    const int wanted = zmq_ctx_get(theirs, id);
    try {
      if (ctx.get_raw(id) != wanted)
        differ.insert(id);
    } catch (const error& thrown) {
      CHECK(thrown.code() == errc::invalid_argument);
      CHECK(wanted == -1);
    }
  }
  zmq_ctx_term(theirs);
  CHECK(differ == std::set<int>{ZMQ_SOCKET_LIMIT});
}

TEST_CASE("options: what a context can be set to is libzmq's") {
  void* const theirs = zmq_ctx_new();
  context_options ours;
  for (int id = -1; id < beyond_libzmq; ++id)
    for (const int value : {-1, 0, 1, 40}) {
      INFO(id << " to " << value);
      // No thread for I/O; bools of libzmq's are any number.
      const bool stricter =
        (id == ZMQ_IO_THREADS && value == 0)
        || (value > 1
            && (id == ZMQ_IPV6 || id == ZMQ_BLOCKY || id == zero_copy_recv));
      const bool taken = zmq_ctx_set(theirs, id, value) == 0;
      try {
        set_raw(ours, id, value);
        CHECK(taken);
      } catch (const error& thrown) {
        CHECK(thrown.code() == errc::invalid_argument);
        CHECK(taken == stricter);
      }
    }
  zmq_ctx_term(theirs);
}

TEST_CASE("options: the documents name each difference") {
  const auto page = text_of(ZMQRT_DIFFERENCES);
  const auto begin = page.find("\n## Options beside libzmq 4.3.4's");
  REQUIRE(begin != std::string::npos);
  const auto section =
    page.substr(begin, page.find("\n## ", begin + 1) - begin);
  const auto named = [&](const std::string& name) {
    INFO(name);
    // A whole word.
    return std::regex_search(section, std::regex{"\\b" + name + "\\b"});
  };
  for (const auto& each : {differing, set_only_there, unknown_there})
    for (const auto& name : each)
      CHECK(named(capitals(name)));
  for (const auto& [name, id] : absent_here)
    CHECK(named(name));
}

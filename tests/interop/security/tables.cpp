// SPDX-License-Identifier: MPL-2.0
//
// See the header.

#include "tests/interop/security/tables.hpp"

#include <string>

namespace zmqrt::test {

namespace {

const json domain{{"zap_domain", "global"}};
const json enforced{{"zap_enforce_domain", 1}};

/// The end that refuses leaves the other one alone.
scenario stalls(scenario what) {
  what.depends = chance::binding_end_stalls;
  return what;
}
scenario client_stalls(scenario what) {
  what.depends = chance::connecting_end_stalls;
  return what;
}

/// A server and a client that fit; the server asks.
struct mechanism {
  std::string name;
  json server;
  json client;
};

std::vector<mechanism> mechanisms() {
  return {{"NULL", domain, null_options()},
          {"PLAIN", plain_server() + domain, plain_client()},
          {"CURVE", curve_server() + domain, curve_client()}};
}

zap_says status(const std::string& code) {
  return {code, "anna"};
}

void add_null(std::vector<scenario>& all) {
  const auto none = null_options();
  const auto strict = domain + enforced;
  const auto refuses = rep_says(status("400"));
  const auto with_handler = [&](const char* code) {
    return scenario{std::string{"NULL, the client's handler says "} + code,
                    none,
                    domain,
                    {},
                    rep_says(status(code))};
  };
  all.insert(
    all.end(),
    {{"NULL, nobody is asked", none, none, {}},
     {"NULL, no domain, a handler that refuses", none, none, refuses},
     {"NULL, a domain and no handler", domain, none, {}},
     stalls({"NULL, an enforced domain and no handler", strict, none, {}}),
     {"NULL, an enforced domain that is empty", enforced, none, refuses},
     {"NULL, the client has a domain and no handler", none, domain, {}},
     client_stalls({"NULL, the client has an enforced domain and no handler",
                    none,
                    strict,
                    {}}),
     with_handler("200"),
     client_stalls(with_handler("300")),
     with_handler("400"),
     with_handler("500"),
     {"NULL, both have handlers that agree", domain, domain,
      rep_says(status("200")), rep_says(status("200"))}});
}

void add_plain(std::vector<scenario>& all) {
  const auto server = plain_server();
  const auto client = plain_client();
  const auto agrees = rep_says(status("200"));
  const auto refuses = rep_says(status("400"));
  const json us{{"routing_id", "us"}};
  const json them{{"routing_id", "them"}};
  all.insert(
    all.end(),
    {stalls({"PLAIN, no handler", server, client, {}}),
     stalls({"PLAIN, a domain and no handler", server + domain, client, {}}),
     stalls({"PLAIN, an enforced domain and no handler",
             server + domain + enforced,
             client,
             {}}),
     {"PLAIN, no domain", server, client, agrees},
     {"PLAIN, a wrong password", server + domain, plain_client("guess"),
      refuses},
     {"PLAIN, routing ids", server + us, client + them, agrees},
     {"PLAIN, the client has a domain and a handler that refuses", server,
      client + domain, agrees, refuses}});
}

void add_curve(std::vector<scenario>& all) {
  const auto server = curve_server();
  const auto client = curve_client();
  const auto refuses = rep_says(status("400"));
  const z85_pair unrelated{client_keys.public_key, other_keys.secret_key};
  all.insert(all.end(),
             {{"CURVE, no handler", server, client, {}},
              {"CURVE, a domain and no handler", server + domain, client, {}},
              stalls({"CURVE, an enforced domain and no handler",
                      server + domain + enforced,
                      client,
                      {}}),
              {"CURVE, an enforced domain that is empty, and no handler",
               server + enforced,
               client,
               {}},
              {"CURVE, an enforced domain that is empty, and one that refuses",
               server + enforced, client, refuses},
              {"CURVE, no domain", server, client, rep_says(status("200"))},
              {"CURVE, a wrong server key",
               server,
               curve_client(client_keys, other_keys.public_key),
               {}},
              {"CURVE, a wrong client key", server + domain,
               curve_client(other_keys), refuses},
              {"CURVE, a public key that is not the secret one's",
               server,
               curve_client(unrelated),
               {}},
              {"CURVE, the client has a domain and a handler that refuses",
               server,
               client + domain,
               {},
               refuses}});
}

void add_statuses(std::vector<scenario>& all) {
  for (const auto& each : mechanisms())
    for (const std::string code : {"200", "300", "400", "500"})
      for (const bool router : {false, true}) {
        const auto says = status(code);
        scenario made{each.name + ", status " + code
                        + (router ? " of a ROUTER" : ""),
                      each.server, each.client,
                      router ? router_says(says) : rep_says(says)};
        all.push_back(code == "300" ? stalls(made) : made);
      }
}

/// Is answered twice.
zap_script says_both(const zap_says& one, const zap_says& other) {
  return {true, {router_says(one).replies[0], router_says(other).replies[0]}};
}

} // namespace

std::vector<scenario> admissions() {
  std::vector<scenario> all;
  add_null(all);
  add_plain(all);
  add_curve(all);
  add_statuses(all);
  return all;
}

std::vector<scenario> malformed_replies() {
  const std::vector<std::pair<const char*, zap_script>> replies{
    {"version 2.0", rep_says(zap_says{.version = "2.0"})},
    {"version 1", rep_says(zap_says{.version = "1"})},
    {"another request's id", rep_says(zap_says{.id = "other"})},
    {"no id", rep_says(zap_says{.id = ""})},
    {"status 100", rep_says(zap_says{"100"})},
    {"status 201", rep_says(zap_says{"201"})},
    {"status 600", rep_says(zap_says{"600"})},
    {"status 20", rep_says(zap_says{"20"})},
    {"status 2000", rep_says(zap_says{"2000"})},
    {"status OK", rep_says(zap_says{"OK!"})},
    {"no status", rep_says(zap_says{""})},
    {"metadata that is cut", rep_says(zap_says{.metadata = "\5Color"})},
    {"metadata without a name",
     rep_says(zap_says{.metadata = zap_property("", "x")})},
    {"a frame too few", rep_says(frames{"1.0", "$id", "200", "OK", "anna"})},
    {"a frame too many",
     rep_says(frames{"1.0", "$id", "200", "OK", "anna", "", ""})},
    {"one frame", rep_says(frames{"1.0"})},
    {"a delimiter that is not empty", router_says(zap_says{}, "x")},
    {"200, and then 400", says_both({}, {"400"})},
    {"300, and then 200", says_both({"300"}, {})}};
  std::vector<scenario> all;
  for (const auto& each : mechanisms())
    for (const auto& [what, script] : replies)
      all.push_back(
        stalls({each.name + ", " + what, each.server, each.client, script}));
  return all;
}

std::vector<scenario> mismatches() {
  const std::vector<std::pair<std::string, json>> roles{
    {"NULL", null_options()},
    {"PLAIN server", plain_server()},
    {"PLAIN client", plain_client()},
    {"CURVE server", curve_server()},
    {"CURVE client", curve_client()}};
  const auto agrees = rep_says(status("200"));
  std::vector<scenario> all;
  for (const auto& [binds, some] : roles)
    for (const auto& [connects, others] : roles) {
      const bool both_wait = binds == connects && binds.ends_with("server");
      if (!both_wait) // silences() has those
        all.push_back({binds + " binds, " + connects + " connects", some,
                       others, agrees, agrees, chance::either_may_be_first});
    }
  return all;
}

std::vector<scenario> silences() {
  const json impatient{{"handshake_ivl", 1000}};
  std::vector<scenario> all;
  for (const auto& each : mechanisms())
    all.push_back({each.name + ", a handler that never answers",
                   each.server + impatient, each.client, zap_script{}});
  all.push_back(
    {"PLAIN, two servers", plain_server() + impatient, plain_server(), {}});
  all.push_back(
    {"CURVE, two servers", curve_server() + impatient, curve_server(), {}});
  return all;
}

} // namespace zmqrt::test

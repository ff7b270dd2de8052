// SPDX-License-Identifier: MPL-2.0
//
// See the header. When somebody is asked about a peer is libzmq's 4.3.4:
// ZAP_DOMAIN and ZAP_ENFORCE_DOMAIN in zmq_setsockopt(3).

#include "actors/session/mechanisms.hpp"

#include "actors/session/engine_setup.hpp"
#include "libzmqrt/keys/entropy.hpp"
#include "libzmqrt/security/curve_client.hpp"
#include "libzmqrt/security/curve_server.hpp"
#include "libzmqrt/security/plain_client.hpp"
#include "libzmqrt/security/plain_server.hpp"
#include "libzmqrt/wire/handshake.hpp"
#include "libzmqrt/wire/null_mechanism.hpp"

namespace zmqrt::actors {

namespace {

bool is_set(const curve_public_key& key) noexcept {
  return key != curve_public_key{};
}

std::unique_ptr<wire::mechanism> make_plain(const security_options& options,
                                            std::string metadata) {
  if (options.as_server)
    return std::make_unique<security::plain_server>(std::move(metadata));
  return std::make_unique<security::plain_client>(
    options.plain_username,
    options.plain_password ? *options.plain_password : std::string{},
    std::move(metadata));
}

std::unique_ptr<wire::mechanism> make_curve(const socket_options& options,
                                            const security_setup& with,
                                            std::string metadata) {
  auto& entropy = keys::system_entropy();
  if (!options.security.as_server)
    return std::make_unique<security::curve_client>(
      with.own_keys, options.security.curve_serverkey, std::move(metadata),
      entropy);
  const bool asks = !options.zap_domain.empty() || !options.zap_enforce_domain;
  return std::make_unique<security::curve_server>(
    with.own_keys, with.cookies->open(), std::move(metadata), asks, entropy);
}

} // namespace

const char* missing_for_mechanism(const security_options& options) noexcept {
  if (options.mechanism != security_mechanism::curve)
    return nullptr;
  if (!options.curve_secretkey)
    return "CURVE needs the option curve_secretkey";
  if (!options.as_server && !is_set(options.curve_serverkey))
    return "CURVE needs the option curve_serverkey, or curve_server";
  return nullptr;
}

std::shared_ptr<const security_setup>
make_security_setup(const security_options& options,
                    const std::shared_ptr<cookie_jar>& cookies) {
  if (options.mechanism != security_mechanism::curve)
    return nullptr;
  const curve_secret_key& secret = *options.curve_secretkey;
  // A client's is what the application says; a server's need not be set.
  const bool told = !options.as_server && is_set(options.curve_publickey);
  return std::make_shared<const security_setup>(security_setup{
    {told ? options.curve_publickey : curve_public(secret), secret},
    options.as_server ? cookies : nullptr});
}

std::unique_ptr<wire::mechanism> make_mechanism(socket_type type, bool accepted,
                                                const socket_options& options,
                                                const security_setup* with) {
  if (options.raw_peers(type))
    return nullptr;
  const auto metadata = [&] {
    return wire::ready_metadata(make_engine_options(type, accepted, options));
  };
  switch (options.security.mechanism) {
  case security_mechanism::plain:
    return make_plain(options.security, metadata());
  case security_mechanism::curve:
    return make_curve(options, *with, metadata());
  case security_mechanism::null:
    break;
  }
  if (options.zap_domain.empty())
    return nullptr;
  return std::make_unique<wire::null_mechanism>(metadata(), true);
}

bool welcome_unasked(const socket_options& options) noexcept {
  return options.security.mechanism != security_mechanism::plain
         && !options.zap_enforce_domain;
}

} // namespace zmqrt::actors

// SPDX-License-Identifier: MPL-2.0
//
// See zmqrt/authentication.hpp.

#include "zmqrt/authentication.hpp"

#include "libzmqrt/keys/secret.hpp"

namespace zmqrt {

auth_request::~auth_request() {
  for (std::string& text : credentials)
    keys::wipe(text);
}

} // namespace zmqrt

// SPDX-License-Identifier: MPL-2.0
//
// What peers of each revision say, octet by octet, with the fields' names.

#pragma once

#include <string>
#include <string_view>

#include "tests/unit/wire/feeder.hpp"

namespace zmqrt::wire_test {

/// RFC 37, "Formal Grammar": a whole greeting.
inline std::string greeting_3(std::string_view minor = "01",
                              std::string_view mechanism = "4e554c4c") {
  std::string field = hex(mechanism);
  field.resize(20, '\0');
  return hex("ff"                 // signature: begin
             "0000000000000001"   // signature: padding (identity 0, plus 1)
             "7f"                 // signature: end
             "03")                // version-major
         + hex(minor)             // version-minor
         + field                  // mechanism "NULL"
         + hex("00")              // as-server
         + std::string(31, '\0'); // filler
}

/// READY of a peer of this type, without Identity.
inline std::string ready(std::string_view type) {
  std::string body = hex("05 5245414459"             // name "READY"
                         "0b 536f636b65742d54797065" // "Socket-Type"
                         "000000");                  // value size, high
  body += static_cast<char>(type.size());            // value size, low
  body += type;                                      // value
  return hex("04")                                   // flags: COMMAND
         + static_cast<char>(body.size()) + body;    // size
}

inline std::string handshake_3(std::string_view type,
                               std::string_view minor = "01") {
  return greeting_3(minor) + ready(type);
}

/// RFC 15: a 2.0 peer of this type, with identity "id".
inline std::string handshake_2(std::string_view type) {
  return hex("ff"               // signature: begin
             "0000000000000003" // signature: padding (identity 2, plus 1)
             "7f"               // signature: end
             "01")              // revision
         + hex(type)            // socket-type
         + hex("00 02 6964");   // identity: final, size, "id"
}

/// RFC 13: a 1.0 peer with identity "id".
inline std::string handshake_1() {
  return hex("03 00 6964"); // identity: length with flags, flags, "id"
}

/// Three messages in ZMTP 2.0 and 3.x framing, and what they mean.
inline std::string messages_2() {
  return hex("00 05 68656c6c6f"             // final, 5, "hello"
             "01 01 61"                     // more, 1, "a"
             "01 00"                        // more, 0
             "00 01 62"                     // final, 1, "b"
             "02 0000000000000003 6c6e67"); // final long, 3, "lng"
}

/// The same in ZMTP 1.0 framing.
inline std::string messages_1() {
  return hex("06 00 68656c6c6f"                // 5 + 1, final, "hello"
             "02 01 61"                        // 1 + 1, more, "a"
             "01 01"                           // 0 + 1, more
             "02 00 62"                        // 1 + 1, final, "b"
             "ff 0000000000000004 00 6c6e67"); // 3 + 1, final, "lng"
}

inline const std::vector<frames>& three_messages() {
  static const std::vector<frames> same{{"hello"}, {"a", "", "b"}, {"lng"}};
  return same;
}

inline wire::engine_options options_of(socket_type type) {
  wire::engine_options out;
  out.type = type;
  return out;
}

} // namespace zmqrt::wire_test

// SPDX-License-Identifier: MPL-2.0
//
// zmq_version(3), zmq_errno(3), zmq_strerror(3) and zmq_has(3). Any thread.

#include "zmqrt/version.hpp"

#include <cerrno>
#include <cstring>
#include <exception>
#include <string>

#include <zmq.h>

#include "actors/c_api/types.hpp"
#include "zmqrt/error.hpp"

using zmqrt::errc;
using zmqrt::c_api::offers_drafts;

namespace {

/// Of one of ZeroMQ's own codes. Never destroyed: programs keep the pointer.
template <errc Code>
const char* text_of() {
  static const auto& text = *new std::string(make_error_code(Code).message());
  return text.c_str();
}

const char* own_text(int code) {
  switch (code) {
  case EFSM:
    return text_of<errc::fsm>();
  case ENOCOMPATPROTO:
    return text_of<errc::no_compatible_protocol>();
  case ETERM:
    return text_of<errc::terminated>();
  case EMTHREAD:
    return text_of<errc::no_io_thread>();
  default:
    return nullptr;
  }
}

void fill(int* which, int value) noexcept {
  if (which != nullptr)
    *which = value;
}

} // namespace

extern "C" {

// That of the interface, not zmqrt's.
void zmq_version(int* major, int* minor, int* patch) {
  fill(major, ZMQ_VERSION_MAJOR);
  fill(minor, ZMQ_VERSION_MINOR);
  fill(patch, ZMQ_VERSION_PATCH);
}

int zmq_errno(void) {
  return errno;
}

const char* zmq_strerror(int code) {
  if (code == EHOSTUNREACH) // as programs know it
    return "Host unreachable";
  try {
    if (const char* const text = own_text(code))
      return text;
  } catch (const std::exception&) {
    return "no memory left to say what went wrong";
  }
  // glibc's keeps what it makes up for each thread on its own.
  return std::strerror(code);
}

// Debian's libzmq has pgm, norm, tipc and gssapi, too: we do not.
int zmq_has(const char* capability) {
  if (capability == nullptr)
    return 0;
  if (std::strcmp(capability, "draft") == 0)
    return offers_drafts() ? 1 : 0;
  return zmqrt::has(capability) ? 1 : 0;
}

} // extern "C"

// SPDX-License-Identifier: MPL-2.0
//
// What the documents' snippets take for granted: a snippet of ours is the body
// of a function with the arguments ZMQRT_GIVEN, one of cppzmq's with
// CPPZMQ_GIVEN. Read by the compiler only (snippets.sh).

#pragma once

#include <chrono>
#include <cstring>
#include <iostream>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

// Its poller is a draft of libzmq's.
#define ZMQ_BUILD_DRAFT_API
#include <caf/all.hpp>
#include <zmq.hpp>
#include <zmq_addon.hpp>
#include <zmqrt/actors.hpp>
#include <zmqrt/actors/module.hpp>
#include <zmqrt/coroutine.hpp>
#include <zmqrt/zmqrt.hpp>

using namespace std::chrono_literals;

/// What an application does with what it got.
template <class... What>
void handle(const What&...);

#define ZMQRT_GIVEN                                                            \
  zmqrt::context &ctx, zmqrt::socket socket, zmqrt::socket frontend,           \
    zmqrt::socket backend, zmqrt::socket capture, zmqrt::socket control,       \
    zmqrt::message message, const std::string &endpoint,                       \
    const std::string &text, int fd, caf::actor_system &system,                \
    caf::scoped_actor &self, zmqrt::socket_actor sock

#define CPPZMQ_GIVEN                                                           \
  zmq::context_t &ctx, zmq::socket_t &socket, zmq::socket_t &frontend,         \
    zmq::socket_t &backend, zmq::socket_t &capture, zmq::socket_t &control,    \
    zmq::message_t &message, const std::string &endpoint,                      \
    const std::string &text, int fd

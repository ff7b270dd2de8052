// SPDX-License-Identifier: MPL-2.0
//
// All of zmqrt.

#pragma once

#include "zmqrt/auth_rules.hpp"
#include "zmqrt/authentication.hpp"
#include "zmqrt/authenticator.hpp"
#include "zmqrt/context.hpp"
#include "zmqrt/context_options.hpp"
#include "zmqrt/curve.hpp"
#include "zmqrt/error.hpp"
#include "zmqrt/event.hpp"
#include "zmqrt/frame.hpp"
#include "zmqrt/logging.hpp"
#include "zmqrt/message.hpp"
#include "zmqrt/monitor.hpp"
#include "zmqrt/option.hpp"
#include "zmqrt/peer_info.hpp"
#include "zmqrt/poller.hpp"
#include "zmqrt/proxy.hpp"
#include "zmqrt/socket.hpp"
#include "zmqrt/socket_type.hpp"
#include "zmqrt/statistics.hpp"
#include "zmqrt/version.hpp"

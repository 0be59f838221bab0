// SPDX-License-Identifier: Apache-2.0
// The port every protocol implements: what a request means as calls, and how outcomes are
// written. No protocol touches sockets, databases or threads.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "parley/core/arena.hpp"
#include "parley/core/limits.hpp"
#include "parley/http/message.hpp"
#include "parley/registry/answer.hpp"
#include "parley/registry/call.hpp"

namespace parley {

/// Where a protocol listens. Exact paths beat longer prefixes beat "/".
struct Mount {
  enum class Match : std::uint8_t { exact, prefix };
  std::string path;                  // "/xmlrpc/2/object"; a trailing slash in requests is ignored
  Match match = Match::exact;
  std::vector<std::string> methods;  // "POST" ...; others get 405 with Allow
  int dialect = 0;                   // the protocol's own number for what differs by mount
};

/// What `read` may use besides the request.
struct Reading {
  Arena& arena;                      // lives as long as the exchange
  const Limits& limits;
  const Mount& mount;
};

/// The calls of one request and the protocol's private memory (subclasses).
class Exchange {
 public:
  virtual ~Exchange() = default;
  std::vector<Call> calls;
};

/// The outcomes of an exchange's calls, in their order. Each is made when asked for, in its
/// own transaction, and a writing call is committed before it is returned. An outcome with
/// rows keeps its snapshot until it is destroyed.
class Outcomes {
 public:
  virtual ~Outcomes() = default;
  virtual Outcome next() = 0;
};

class Protocol {
 public:
  virtual ~Protocol() = default;
  virtual std::string_view name() const = 0;  // "xmlrpc"; in logs, metrics and --help
  virtual std::span<const Mount> mounts() const = 0;
  /// fails:   any Code; the caller then calls `refuse` with a null exchange
  virtual Result<std::unique_ptr<Exchange>> read(const http::Request& request, const Reading& reading) const = 0;
  /// Calls outcomes.next() exactly once for each call.
  virtual void write(const Exchange& exchange, Outcomes& outcomes, http::Writer& writer) const = 0;
  /// Answers a request that could not be read or served as a whole.
  virtual void refuse(const http::Request& request, const Mount& mount, const Error& error,
                      http::Writer& writer) const = 0;
};

/// What a protocol's texts depend on; set once at start-up.
struct ProtocolSettings {
  std::string version = "17.0";             // announced (docs/protocols/odoo.md)
  std::string odoo_prefix = "odoo";         // of exception classes: "odoo.exceptions.UserError"
  bool xmlrpc_none_is_fault = false;        // the original's fault instead of <nil/>
  bool is_debug = false;                    // error details in data.debug
  bool is_secure_cookie = false;            // TLS in front or here
};

/// Every protocol of this build, in the order of list.cpp.
std::vector<std::unique_ptr<Protocol>> make_protocols(const ProtocolSettings& settings);

}  // namespace parley

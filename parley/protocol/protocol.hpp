// SPDX-License-Identifier: Apache-2.0
// The port every protocol implements: what a request means as calls, and how outcomes are
// written. No protocol touches sockets, databases or threads.
#pragma once
#include <functional>
#include <map>
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
#include "parley/registry/registry.hpp"

namespace parley {

/// Where a protocol listens. Exact paths beat longer prefixes beat "/".
struct Mount {
  enum class Match : std::uint8_t { exact, prefix };
  std::string path;                  // "/xmlrpc/2/object"; a trailing slash in requests is ignored
  Match match = Match::exact;
  /// "POST" ...; others get 405 with Allow. None: the protocol looks at the method itself.
  std::vector<std::string> methods;
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

/// A request that a client of ours sends.
struct Asked {
  std::string method = "POST";
  std::string target;  // "/RPC2"
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

/// The client half, of protocols that a client of ours speaks. What is asked and heard again is
/// what was meant, up to the rows of docs/protocols/parity.md.
class Asking {
 public:
  virtual ~Asking() = default;
  /// The request that makes `calls`; their credentials go where the protocol puts them.
  /// fails:   invalid_call: more calls, or other arguments, than one request of it can carry
  virtual Result<Asked> ask(std::span<const Call> calls) const = 0;
  /// What the answer to it says, an outcome for each call; values live in `arena`.
  /// fails:   malformed: no answer of this protocol
  virtual Result<std::vector<Outcome>> hear(std::span<const Call> calls, const http::Response& response,
                                            Arena& arena) const = 0;
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
  /// The client half, or null for protocols that only others speak.
  virtual const Asking* client() const { return nullptr; }
};

/// A setting that a protocol brings: a flag, a variable, a line of the file like any other.
struct ProtocolSetting {
  enum class Kind : std::uint8_t { text, number, yes_no, list };
  std::string_view name;      // "path-prefix"
  Kind kind;
  std::string_view fallback;  // as somebody would write it
  std::string_view help;
  std::string_view choices = {};  // "always200, by-error": the only words it takes; empty = any
};

/// What the server says of itself.
struct About {
  std::string title = "Parley";
  std::string text;              // Markdown, by the author of the service
  std::string version = "0";     // of the program
};

/// What protocols' texts depend on; set once at start-up.
struct ProtocolSettings {
  std::string version = "17.0";             // announced (docs/protocols/odoo.md)
  std::string odoo_prefix = "odoo";         // of exception classes: "odoo.exceptions.UserError"
  bool is_debug = false;                    // error details in data.debug
  bool is_secure_cookie = false;            // TLS in front or here
  About about;
  std::map<std::string, std::string, std::less<>> given;  // ProtocolSettings of the list, by name

  /// What was given, else the fallback. Each asserts that a protocol of the list has the setting.
  std::string_view text(std::string_view name) const;
  std::int64_t number(std::string_view name) const;
  bool is_on(std::string_view name) const;
  std::vector<std::string_view> list(std::string_view name) const;  // separated by commas
};

/// Numbers since the start, for methods that tell how the server is.
struct Counts {
  std::int64_t started_seconds = 0;  // Unix time
  std::int64_t calls = 0, errors = 0, in_flight = 0;
};

/// What the methods that a protocol brings may ask about the server. They run once it is up.
struct Served {
  std::function<const Registry&()> functions;  // of the process: functions, and what every model has
  std::function<Counts()> counts;
  About about;
  std::function<std::string_view(std::string_view)> setting;  // the text of a ProtocolSetting
};

/// A protocol as the list knows it.
struct ProtocolEntry {
  std::unique_ptr<Protocol> (*make)(const ProtocolSettings& settings);
  std::span<const ProtocolSetting> settings = {};
  /// The methods it brings to the Catalog under `module`, or null for none.
  Result<void> (*add_methods)(Catalog& catalog, std::string_view module, const Served& served) = nullptr;
};

/// Every protocol of this build: one line each in list.cpp.
std::span<const ProtocolEntry> protocol_list();
std::vector<std::unique_ptr<Protocol>> make_protocols(const ProtocolSettings& settings);

}  // namespace parley

// SPDX-License-Identifier: Apache-2.0
// Call: one thing a request wants done, as the protocol understood it and before anything
// was looked up, authenticated or converted. All views live in the exchange's arena.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "parley/core/value.hpp"
#include "parley/registry/type.hpp"

namespace parley {

/// Who the request says it is. One place (server/auth) turns it into a uid.
struct Credentials {
  enum class Kind : std::uint8_t {
    none,
    uid,      // uid + password or API key, as Odoo's object service sends them
    login,    // login + password or API key (Basic)
    key,      // an API key alone (Bearer, api_key in a body)
    session,  // a session cookie; counts on /web/* only
  };
  Kind kind = Kind::none;
  std::int64_t uid = 0;
  std::string_view login;
  std::string_view secret;  // never logged
};

struct Call {
  std::string_view database;  // "" = not named by the call
  Credentials credentials;
  std::string_view method;    // "common.version", "res.partner.search_read"
  bool is_model_method = false;  // `method` was given as model and method: never a function
  std::span<const Value> positional;
  Value named;                // dict, or null when there are none
  Policy policy = Policy::strict;
  /// Nothing is given by place (JSON-2): ids may be left out, and `create` may be given by name.
  bool is_by_name = false;
  /// The request's body as a whole, where `named` came from beside it (REST): the dict of the
  /// other arguments, or all of the one that Method::Http::body names. Unset = there is none.
  /// Under other policies: more named arguments, which replace those of `named` (path RPC).
  Value body = Value::unset();
  Policy body_policy = Policy::rest;
  /// HTTP's method where it may stand for the last part of the name (REST); "" = it may not.
  std::string_view verb;
  const Notation* notation = nullptr;  // of the protocol's values; lives as long as the exchange
  bool may_only_read = false;          // methods that change something are refused
  bool is_of_documents = false;        // methods that are in no document are unknown (tools)
  /// The request could have been sent by any web page (JSONP): what it says of its caller does
  /// not count, so that it reaches open methods only.
  bool is_from_anywhere = false;
};

}  // namespace parley

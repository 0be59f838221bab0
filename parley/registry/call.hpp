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
};

}  // namespace parley

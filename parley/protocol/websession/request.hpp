// SPDX-License-Identifier: Apache-2.0
// A request under /web/* as one call.
#pragma once
#include <memory>

#include "parley/core/error.hpp"
#include "parley/core/value.hpp"
#include "parley/protocol/protocol.hpp"

namespace parley::websession {

/// What a path means, Mount::dialect.
enum class Action : int {
  version_info,
  authenticate,
  session_info,
  destroy,
  check,
  modules,
  languages,
  account,
  call_kw,
  call,         // of older clients: without kwargs
  call_button,
  search_read,  // of older clients: {"length", "records"}
  list_databases,
  health,       // GET, no envelope
};

struct Route {
  std::string_view path;
  Mount::Match match;
  Action action;
};
/// All of them, in the order of the mounts.
std::span<const Route> routes();

/// One call (of search_read two: the count, then the records), or the error in their place.
class WebExchange final : public Exchange {
 public:
  Action action = Action::version_info;
  bool is_secure = false;  // the request came over TLS
  Value id;
  std::unique_ptr<Error> error;  // set: no call
};

/// Browsers add the cookie to what pages of any origin send: those of others are refused.
///
/// fails:   forbidden, unsupported_media, malformed, invalid_call (not an object), too_large
/// source:  spec/odoo-external-api.md 10
Result<std::unique_ptr<WebExchange>> read_request(const http::Request& request,
                                                  const Reading& reading);

}  // namespace parley::websession

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
  call_kw,
  list_databases
};

/// One call, or the error that stands in its place.
class WebExchange final : public Exchange {
 public:
  Action action = Action::version_info;
  bool is_secure = false;  // the request came over TLS
  Value id;
  std::unique_ptr<Error> error;  // set: no call
};

/// Whose page sent the request does not matter without an Origin; with one it must be this host's.
///
/// fails:   forbidden
Result<void> check_origin(const http::Request& request);

/// fails:   forbidden, unsupported_media, malformed, invalid_call (not an object), too_large
/// source:  spec/odoo-external-api.md 10
Result<std::unique_ptr<WebExchange>> read_request(const http::Request& request,
                                                  const Reading& reading);

}  // namespace parley::websession

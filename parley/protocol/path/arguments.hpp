// SPDX-License-Identifier: Apache-2.0
// The arguments of one request: out of its query and its body.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

#include "parley/codec/form/form.hpp"
#include "parley/http/message.hpp"
#include "parley/registry/call.hpp"

namespace parley::path {

/// How values are written: lists and dicts as JSON texts, the type table of the source.
Notation notation(const Limits& limits);

/// A query without the names that JSONP has for itself.
struct Query {
  std::vector<form::Field> fields;
  std::optional<std::string_view> callback;  // as given; nothing for plain answers
};

/// Only GET and HEAD have callbacks: `callback`, `_callback` or `_`, in this order. A `_` of digits
/// alone keeps caches away and is no callback.
///
/// fails:   malformed, too_large; malformed when a callback is given twice
Result<Query> read_query(const http::Request& request, const Limits& limits, Arena& arena);

/// Puts the arguments of `query` and of the request's body into `call`: as texts from a query or
/// form, as they are from JSON or BSON. What both have is the body's.
///
/// fails:   malformed, unsupported_media, too_large; invalid_argument for a body that is no object
/// source:  spec/path-rpc.md section 4
Result<void> add_arguments(const http::Request& request, const Query& query, const Limits& limits,
                           Arena& arena, Call& call);

}  // namespace parley::path

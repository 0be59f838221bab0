// SPDX-License-Identifier: Apache-2.0
// The two documents of XML-RPC: methodCall as a name and values, methodResponse as a value.
#pragma once
#include <span>
#include <string_view>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"
#include "parley/core/limits.hpp"
#include "parley/core/value.hpp"
#include "parley/protocol/xmlrpc/scalar.hpp"

namespace parley::xmlrpc {

struct MethodCall {
  std::string_view name;  // without blanks around it; "" when <methodName> is empty
  std::span<const Value> params;
};

/// Reads one call. Values view `bytes` and `arena`.
///
/// limits:  depth_max (arrays and structs within each other)
/// fails:   malformed and unsupported_media for XML, invalid_call for its structure and depth,
///          invalid_argument for a value; kinds are the classes of Python's parsers
/// source:  scripting/xml-rpc spec.md; a struct's member given twice counts the last time
Result<MethodCall> read_call(std::string_view bytes, const Limits& limits, Reals reals, Arena& arena);

struct MethodResponse {
  bool is_fault = false;
  Value value;  // of a fault the struct {faultCode, faultString}, unchecked
};

/// Reads one answer. Values view `bytes` and `arena`.
///
/// limits:  depth_max, values_max
/// fails:   as read_call, without kinds
Result<MethodResponse> read_response(std::string_view bytes, const Limits& limits, Arena& arena);

}  // namespace parley::xmlrpc

// SPDX-License-Identifier: Apache-2.0
// The scalar types of XML-RPC: tag and text to a value. More is accepted than is sent.
#pragma once
#include <optional>
#include <string_view>

#include "parley/core/arena.hpp"
#include "parley/core/error.hpp"
#include "parley/core/sink.hpp"

namespace parley::xmlrpc {

enum class Scalar : std::uint8_t { integer, boolean, real, decimal, string, datetime, base64, nil };

/// What is accepted for <double>.
enum class Reals : std::uint8_t {
  finite,  // the standard has no such value
  any,     // nan, inf and infinity too, as Python reads them
};

/// The scalar a tag names: int i1 i2 i4 i8 biginteger boolean double bigdecimal string
/// dateTime.iso8601 base64 nil, each with any namespace prefix.
std::optional<Scalar> scalar_of(std::string_view tag);

/// Tells the value of `text` to `sink`; blanks around all but strings are skipped.
///
/// takes:   `text` that lives as long as what the sink builds
/// fails:   invalid_argument, naming the text and the rule
/// source:  scripting/xml-rpc spec.md; spec/standards.md 1; spec/odoo-external-api.md 1.5
Result<void> read_scalar(Scalar type, std::string_view text, Reals reals, Arena& arena, Sink& sink);

}  // namespace parley::xmlrpc

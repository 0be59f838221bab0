// SPDX-License-Identifier: Apache-2.0
// ValueWriter: a Sink that writes one <value> of XML-RPC.
#pragma once
#include <optional>
#include <string_view>

#include "parley/core/error.hpp"
#include "parley/core/output.hpp"
#include "parley/core/sink.hpp"

namespace parley::xmlrpc {

/// How values without one obvious form are written.
enum class Style : std::uint8_t {
  standard,  // dateTime.iso8601, base64, decimals as text; NaN and infinity are a failure
  odoo,      // as Odoo's server: dates and bytes as strings, decimals as doubles, nan and inf
};

enum class Nulls : std::uint8_t { as_nil, are_refused };

/// Writes <value>...</value>.
///
/// gives:   int in 32 bits, i8 beyond, biginteger beyond that; doubles without exponent
/// fails:   see failure(): what was written is then not to be sent
/// source:  spec/standards.md 1, spec/odoo-external-api.md 1.5
class ValueWriter final : public Sink {
 public:
  ValueWriter(Output& out, Style style, Nulls nulls) : out_(out), style_(style), nulls_(nulls) {}

  void null() override;
  void boolean(bool v) override;
  void integer(std::int64_t v) override;
  void bigint(std::string_view digits) override;
  void number(std::string_view token) override;
  void real(double v) override;
  void decimal(const Decimal& v) override;
  void string(std::string_view utf8) override;
  void bytes(std::string_view octets) override;
  void date(Date v) override;
  void time(Time v) override;
  void datetime(const DateTime& v) override;
  void uuid(const Uuid& v) override;
  void begin_list() override;
  void end_list() override;
  void begin_dict() override;
  void key(std::string_view name) override;
  void end_dict() override;

  /// The first value that XML-RPC cannot carry.
  std::optional<Error>& failure() { return failure_; }

 private:
  void put(std::string_view tag, std::string_view text);
  /// Behind each value: members end with their value.
  void close();

  Output& out_;
  Style style_;
  Nulls nulls_;
  std::vector<bool> is_dict_;  // what the next value stands in, outermost first
  std::optional<Error> failure_;
};

}  // namespace parley::xmlrpc

// SPDX-License-Identifier: Apache-2.0
#include "parley/core/error.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>

namespace parley {
namespace {

constexpr std::array<ErrorRow, 20> rows{{
    {Code::malformed, "malformed", Retry::no, 400, -32700, -32700, "ValueError", 1},
    {Code::invalid_call, "invalid_call", Retry::no, 400, -32600, -32600, "ValueError", 1},
    {Code::unknown_method, "unknown_method", Retry::no, 404, -32601, -32601, "AttributeError", 1},
    {Code::invalid_argument, "invalid_argument", Retry::no, 422, -32602, -32602, "ValueError", 1},
    {Code::too_large, "too_large", Retry::no, 413, -32001, 1, "ValueError", 1},
    {Code::unsupported_media, "unsupported_media", Retry::no, 415, -32002, 2, "ValueError", 1},
    {Code::not_acceptable, "not_acceptable", Retry::no, 406, -32003, 3, "ValueError", 1},
    {Code::unauthenticated, "unauthenticated", Retry::no, 401, -32010, 10, "AccessDenied", 3},
    {Code::forbidden, "forbidden", Retry::no, 403, -32011, 11, "AccessError", 4},
    {Code::not_found, "not_found", Retry::no, 404, -32020, 20, "MissingError", 2},
    {Code::conflict, "conflict", Retry::no, 409, -32021, 21, "UserError", 2},
    {Code::stale, "stale", Retry::now, 412, -32022, 22, "UserError", 2},
    {Code::rejected, "rejected", Retry::no, 422, -32023, 23, "ValidationError", 2},
    {Code::throttled, "throttled", Retry::later, 429, -32030, 30, "UserError", 2},
    {Code::overloaded, "overloaded", Retry::later, 503, -32031, 31, "UserError", 2},
    {Code::unavailable, "unavailable", Retry::later, 503, -32032, 32, "UserError", 2},
    {Code::timeout, "timeout", Retry::later, 504, -32040, 40, "UserError", 2},
    {Code::cancelled, "cancelled", Retry::later, 499, -32041, 41, "UserError", 2},
    {Code::unimplemented, "unimplemented", Retry::no, 501, -32050, 50, "Exception", 1},
    {Code::internal, "internal", Retry::no, 500, -32603, -32603, "Exception", 1},
}};

constexpr bool indexed_by_code() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].code) != i) return false;
  return true;
}
static_assert(indexed_by_code(), "one row per Code, in the order of the enum");

struct ClassFault {
  std::string_view name;
  int fault;
};
// The classes an Odoo client tells apart (spec/odoo-external-api.md 3.1); all others are 1.
constexpr std::array<ClassFault, 7> class_faults{{{"AccessDenied", 3},
                                                  {"AccessError", 4},
                                                  {"MissingError", 2},
                                                  {"UserError", 2},
                                                  {"ValidationError", 2},
                                                  {"LockError", 2},
                                                  {"RedirectWarning", 2}}};

}  // namespace

std::span<const ErrorRow> error_table() { return rows; }

const ErrorRow& row(Code code) { return rows[static_cast<std::size_t>(code)]; }

std::string_view odoo_class(const Error& error) {
  return error.kind.empty() ? row(error.code).odoo_class : std::string_view(error.kind);
}

int odoo_fault(const Error& error) {
  for (const auto& known : class_faults)
    if (known.name == odoo_class(error)) return known.fault;
  return 1;
}

void assertion_failed(const char* what, const char* file, int line) {
  std::fprintf(stderr, "parley: assertion failed: %s at %s:%d\n", what, file, line);
  std::abort();
}

}  // namespace parley

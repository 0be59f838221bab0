// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/path/errors.hpp"

#include "parley/core/utf8.hpp"
#include "parley/registry/registry.hpp"

namespace parley::path {
namespace {

int status_of(Code code) { return code == Code::invalid_argument ? 400 : row(code).http_status; }

/// "Missing ..." of "missing ...".
std::string capitalised(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z')
    text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return text;
}

/// Of several codes with one status the one that says it of a call.
constexpr Code codes_first[] = {Code::invalid_argument, Code::unknown_method, Code::unavailable,
                                Code::rejected};

/// The text with "?" for every byte of what is no UTF-8: a header that was refused may hold
/// anything.
std::string as_utf8(std::string text) {
  if (is_utf8(text)) return text;
  for (char& c : text)
    if (static_cast<unsigned char>(c) >= 0x80) c = '?';
  return text;
}

std::string words_of(const Error& error) {
  // With the id that the log has; nothing else of it leaves.
  if (error.code == Code::internal && error.status == 0)
    return error.message.starts_with("internal error") ? capitalised(error.message)
                                                       : "Internal error";
  const bool is_argument = error.code == Code::invalid_argument && error.rule != Rule::none;
  if (!is_argument) return error.message;
  const bool is_about_names = error.message.starts_with(missing_parameter) ||
                              error.message.starts_with(unknown_parameter) ||
                              error.message.starts_with(repeated_parameter);
  if (is_about_names) return capitalised(error.message);
  return error.message.starts_with(error.where + ": ") ? "Parameter " + error.message
                                                       : error.message;
}

}  // namespace

int status_of(const Error& error) {
  constexpr int success = 200, internal = 500;
  if (error.status == success) return internal;  // a failure is never told as success
  return error.status != 0 ? error.status : status_of(error.code);
}

int http_status_of(int status) {
  if (status == 204 || status == 205) return 200;
  const bool may_have_body = status >= 200 && status <= 599 && status != 304;
  return may_have_body ? status : 500;
}

std::string message_of(const Error& error) { return as_utf8(words_of(error)); }

Error error_of(int status, std::string_view message) {
  std::string text(message);
  for (Code code : codes_first)
    if (status_of(code) == status) return {code, std::move(text)};
  for (const ErrorRow& row : error_table())
    if (row.http_status == status) return {row.code, std::move(text)};
  return Error(Code::rejected, std::move(text)).with_status(status);
}

}  // namespace parley::path

// SPDX-License-Identifier: Apache-2.0
#include "parley/http/message.hpp"

namespace parley::http {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

bool same_letters(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && lower(a[i]) != lower(b[i])) return false;
  return true;
}

std::string_view Request::header(std::string_view name) const {
  for (const Header& line : headers)
    if (same_letters(line.name, name)) return line.value;
  return {};
}

bool Request::has_header(std::string_view name) const {
  for (const Header& line : headers)
    if (same_letters(line.name, name)) return true;
  return false;
}

std::string_view Response::header(std::string_view name) const {
  for (const auto& line : headers)
    if (same_letters(line.first, name)) return line.second;
  return {};
}

void ResponseWriter::start(int status, std::string_view content_type) {
  response_ = Response{};
  body_.clear();
  response_.status = status;
  if (!content_type.empty()) header("Content-Type", content_type);
}

void ResponseWriter::header(std::string_view name, std::string_view value) {
  response_.headers.emplace_back(name, value);
}

// In memory nothing has gone out yet, so every answer can be started again.
bool ResponseWriter::abandon() {
  response_ = Response{};
  body_.clear();
  return false;
}

Response ResponseWriter::take() {
  response_.body = body_.take();
  return std::move(response_);
}

std::string_view reason(int status) {
  switch (status) {
    case 100: return "Continue";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 207: return "Multi-Status";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 423: return "Locked";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 499: return "Client Closed Request";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    case 507: return "Insufficient Storage";
    default: return "Unknown";
  }
}

}  // namespace parley::http

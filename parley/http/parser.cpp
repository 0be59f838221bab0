// SPDX-License-Identifier: Apache-2.0
#include "parley/http/parser.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstring>

namespace parley::http {

// llhttp's callbacks; 0 goes on, -1 stops with the error that the parser has set.
struct ParserEvents {
  static Parser& of(llhttp_t* machine) { return *static_cast<Parser*>(machine->data); }

  static int method(llhttp_t* m, const char* at, std::size_t n) {
    return of(m).extend(of(m).method_, at, n) ? 0 : -1;
  }
  static int target(llhttp_t* m, const char* at, std::size_t n) {
    return of(m).extend(of(m).target_, at, n) ? 0 : -1;
  }
  static int header_name(llhttp_t* m, const char* at, std::size_t n) {
    Parser& parser = of(m);
    if (parser.has_head_) return parser.take_framing(n) ? 0 : -1;
    return parser.take_header(at, n) ? 0 : -1;
  }
  // Counted once a name is whole, so that a bad name is malformed wherever a packet ends.
  static int header_name_end(llhttp_t* m) {
    Parser& parser = of(m);
    return parser.has_head_ || parser.check_count() ? 0 : -1;
  }
  static int header_value(llhttp_t* m, const char* at, std::size_t n) {
    Parser& parser = of(m);
    if (parser.has_head_) return parser.take_framing(n) ? 0 : -1;
    return parser.take_value(at, n) ? 0 : -1;
  }
  static int head_end(llhttp_t* m) { return of(m).end_head() ? 0 : -1; }
  static int body(llhttp_t* m, const char* at, std::size_t n) {
    return of(m).take_body(at, n) ? 0 : -1;
  }
  static int framing(llhttp_t* m, const char*, std::size_t n) {
    return of(m).take_framing(n) ? 0 : -1;
  }
  // Pausing leaves the bytes behind this request untouched.
  static int end(llhttp_t* m) {
    of(m).is_complete_ = true;
    return HPE_PAUSED;
  }

  static constexpr llhttp_settings_t make() {
    llhttp_settings_t settings{};
    settings.on_method = method;
    settings.on_url = target;
    settings.on_header_field = header_name;
    settings.on_header_field_complete = header_name_end;
    settings.on_header_value = header_value;
    settings.on_headers_complete = head_end;
    settings.on_body = body;
    settings.on_chunk_extension_name = framing;
    settings.on_chunk_extension_value = framing;
    settings.on_message_complete = end;
    return settings;
  }
};

namespace {

constexpr llhttp_settings_t settings = ParserEvents::make();

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::string above(std::string_view thing, std::size_t limit, std::string_view unit) {
  return std::string(thing) + ": more than " + std::to_string(limit) + " " + std::string(unit);
}

constexpr auto host_characters = [] {
  std::array<bool, 256> is{};
  for (char c : std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~%!$&'()*+;=:[]"))
    is[static_cast<unsigned char>(c)] = true;
  return is;
}();

bool is_host(std::string_view host) {
  return std::all_of(host.begin(), host.end(), [](char c) { return host_characters[static_cast<unsigned char>(c)]; });
}

}  // namespace

Parser::Parser(const Limits& limits) : limits_(limits) { reset(); }

void Parser::reset() {
  llhttp_init(&machine_, HTTP_REQUEST, &settings);
  machine_.data = this;
  request_.headers.clear();
  request_.body = {};
  marks_.clear();
  method_ = target_ = {};
  parsed_ = head_bytes_ = body_at_ = body_bytes_ = framing_bytes_ = 0;
  error_ = nullptr;
  status_ = 0;
  has_head_ = is_complete_ = keeps_alive_ = expects_continue_ = is_chunked_ = has_good_head_ = false;
}

Parser::State Parser::parse(char* data, std::size_t size) {
  data_ = data;
  size_ = size;
  // The head is read inside its own limit first, so that where a packet ends changes nothing.
  if (!has_head_) run(std::min(size, limits_.head_bytes_max));
  if (!has_head_ && !error_ && parsed_ >= limits_.head_bytes_max)
    fail(Code::too_large, 431, above("request head", limits_.head_bytes_max, "bytes"));
  if (has_head_) run(size);
  if (error_) return State::failed;
  if (is_complete_) return finish(data);
  // In a chunked body everything behind the joined bytes is framing that was read.
  if (has_head_ && is_chunked_) parsed_ = body_at_ + body_bytes_;
  return State::need_more;
}

void Parser::run(std::size_t until) {
  if (error_ || is_complete_ || parsed_ >= until) return;
  llhttp_errno_t got = llhttp_execute(&machine_, data_ + parsed_, until - parsed_);
  if (is_complete_) {
    parsed_ = static_cast<std::size_t>(llhttp_get_error_pos(&machine_) - data_);
    return;
  }
  if (got != HPE_OK && !error_) fail_by_grammar(data_);
  parsed_ = until;
}

void Parser::fail(Code code, int status, std::string message) {
  error_ = std::make_unique<Error>(code, std::move(message));
  status_ = status;
}

void Parser::fail_by_grammar(const char* data) {
  switch (llhttp_get_errno(&machine_)) {
    case HPE_INVALID_METHOD:
      // A first letter tells an unknown method from bytes that are not HTTP at all (TLS).
      if (data[0] < 'A' || data[0] > 'Z') break;
      return fail(Code::unimplemented, 501, "method: not one that HTTP registers");
    case HPE_INVALID_VERSION:
    case HPE_PAUSED_H2_UPGRADE:
      return fail(Code::unimplemented, 505, "version: only HTTP/1.0 and HTTP/1.1 are spoken here");
    default: break;
  }
  std::string why = llhttp_get_error_reason(&machine_);
  if (!why.empty()) why[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(why[0])));
  fail(Code::malformed, 400, (has_head_ ? "request body: " : "request head: ") + why);
}

// The buffer may have moved since the head was read: views are made when they are asked for.
void Parser::make_views() {
  request_.method = view(method_);
  request_.headers.clear();
  for (const HeaderMark& mark : marks_) request_.headers.push_back({view(mark.name), view(mark.value)});
}

Parser::State Parser::finish(char* data) {
  make_views();
  if (!read_target()) return State::failed;
  request_.body = {data + body_at_, body_bytes_};
  return State::complete;
}

Request& Parser::request_so_far(char* data) {
  PARLEY_ASSERT(has_good_head_);
  data_ = data;
  make_views();
  (void)read_target();  // it was readable when the head ended
  request_.body = {};
  return request_;
}

bool Parser::extend(Mark& mark, const char* at, std::size_t length) {
  if (length == 0) return true;
  auto offset = static_cast<std::uint32_t>(at - data_);
  if (mark.length == 0) mark.at = offset;
  if (mark.at + mark.length != offset) {
    fail(Code::malformed, 400, "request head: a header is folded over two lines");
    return false;
  }
  mark.length += static_cast<std::uint32_t>(length);
  return true;
}

bool Parser::take_header(const char* at, std::size_t length) {
  if (length == 0) return true;
  auto offset = static_cast<std::size_t>(at - data_);
  bool goes_on = !marks_.empty() && marks_.back().name.at + marks_.back().name.length == offset;
  if (!goes_on) marks_.emplace_back();
  return extend(marks_.back().name, at, length);
}

bool Parser::check_count() {
  if (marks_.size() <= limits_.headers_max) return true;
  fail(Code::too_large, 431, above("request head", limits_.headers_max, "headers"));
  return false;
}

bool Parser::take_value(const char* at, std::size_t length) {
  // The grammar lets a line start with its colon; check_lines finds those after a named one.
  if (!marks_.empty()) return extend(marks_.back().value, at, length);
  fail(Code::malformed, 400, "request head: a header has no name");
  return false;
}

bool Parser::take_body(const char* at, std::size_t length) {
  if (body_bytes_ + length > limits_.body_bytes_max) {
    fail(Code::too_large, 413, above("request body", limits_.body_bytes_max, "bytes"));
    return false;
  }
  char* end = data_ + body_at_ + body_bytes_;
  if (end != at) std::memmove(end, at, length);
  body_bytes_ += length;
  return true;
}

bool Parser::take_framing(std::size_t length) {
  framing_bytes_ += length;
  if (framing_bytes_ <= limits_.head_bytes_max) return true;
  fail(Code::too_large, 431, above("chunk extensions and trailers", limits_.head_bytes_max, "bytes"));
  return false;
}

bool Parser::end_head() {
  if (machine_.http_major != 1 || machine_.http_minor > 1) {
    fail(Code::unimplemented, 505, "version: only HTTP/1.0 and HTTP/1.1 are spoken here");
    return false;
  }
  request_.version_minor = machine_.http_minor;
  if (machine_.method == HTTP_CONNECT) {
    fail(Code::unimplemented, 501, "method CONNECT: this is not a proxy");
    return false;
  }
  if (!check_lines() || !check_headers()) return false;
  has_good_head_ = true;
  if (machine_.content_length > limits_.body_bytes_max) {
    fail(Code::too_large, 413, above("request body", limits_.body_bytes_max, "bytes"));
    return false;
  }
  machine_.upgrade = 0;  // an offer to upgrade is not taken; the body is read as usual
  keeps_alive_ = llhttp_should_keep_alive(&machine_) != 0;
  body_at_ = head_bytes_;
  has_head_ = true;
  return true;
}

// Puts the marks together again: between them may stand nothing but what RFC 9112 allows. This
// refuses folding, bare LF, bare CR and blanks before a colon whatever the grammar let pass.
bool Parser::check_lines() {
  auto is = [this](std::size_t at, std::string_view text) {
    return at + text.size() <= size_ && std::string_view(data_ + at, text.size()) == text;
  };
  std::size_t at = method_.at + method_.length;
  bool good = is(at, " ") && target_.at == at + 1;
  at = target_.at + target_.length;
  good = good && is(at, " HTTP/1.") && is(at + 9, "\r\n");
  at += 11;
  for (HeaderMark& mark : marks_) {
    good = good && mark.name.at == at && is(at + mark.name.length, ":");
    if (!good) break;
    at += mark.name.length + 1;
    while (at < size_ && is_blank(data_[at])) ++at;
    if (mark.value.length != 0) {
      good = mark.value.at == at;
      at += mark.value.length;
      while (mark.value.length != 0 && is_blank(data_[mark.value.at + mark.value.length - 1])) --mark.value.length;
    }
    while (at < size_ && is_blank(data_[at])) ++at;
    good = good && is(at, "\r\n");
    at += 2;
  }
  head_bytes_ = at + 2;
  if (good && is(at, "\r\n")) return true;
  fail(Code::malformed, 400, "request head: lines end in CR LF, and no header is folded or has blanks before its colon");
  return false;
}

bool Parser::check_headers() {
  std::size_t hosts = 0, lengths = 0, codings = 0;
  auto refuse = [this](Code code, int status, const char* why) {
    fail(code, status, why);
    return false;
  };
  for (const HeaderMark& mark : marks_) {
    std::string_view name = view(mark.name), value = view(mark.value);
    if (name.size() == 4 && same_letters(name, "host")) {
      ++hosts;
      if (!is_host(value)) return refuse(Code::malformed, 400, "header Host: not a host and port");
    } else if (name.size() == 14 && same_letters(name, "content-length")) {
      ++lengths;
    } else if (name.size() == 17 && same_letters(name, "transfer-encoding")) {
      ++codings;
      if (!same_letters(value, "chunked"))
        return refuse(Code::unimplemented, 501, "header Transfer-Encoding: only chunked is understood");
    } else if (name.size() == 6 && same_letters(name, "expect") && request_.version_minor == 1) {
      if (!same_letters(value, "100-continue"))
        return refuse(Code::unimplemented, 417, "header Expect: only 100-continue can be met");
      expects_continue_ = true;
    }
  }
  if (hosts > 1) return refuse(Code::malformed, 400, "header Host: given more than once");
  if (hosts == 0 && request_.version_minor == 1)
    return refuse(Code::malformed, 400, "header Host: missing, HTTP/1.1 requires it");
  if (lengths > 1) return refuse(Code::malformed, 400, "header Content-Length: given more than once");
  if (codings > 1) return refuse(Code::malformed, 400, "header Transfer-Encoding: given more than once");
  if (codings == 1 && lengths == 1)
    return refuse(Code::malformed, 400, "headers Content-Length and Transfer-Encoding: only one may be given");
  if (codings == 1 && request_.version_minor == 0)
    return refuse(Code::malformed, 400, "header Transfer-Encoding: HTTP/1.0 does not have it");
  is_chunked_ = codings == 1;
  // The target's errors belong to the head too: they must not wait for a body.
  return read_target();
}

// Origin form, absolute form (its authority overrides Host, RFC 9112 section 3.2.2), or "*".
bool Parser::read_target() {
  auto refuse = [this](const char* why) {
    fail(Code::malformed, 400, why);
    return false;
  };
  std::string_view target = view(target_);
  for (char c : target)
    if (c <= ' ' || c > '~' || c == '#') return refuse("request target: only printable ASCII without # may stand there");
  request_.target = target;
  std::string_view rest = target;
  if (target == "*" && machine_.method == HTTP_OPTIONS) {
    request_.path = target;
    request_.query = {};
    return true;
  }
  if (rest[0] != '/') {
    std::size_t scheme = rest.find("://");
    if (scheme == std::string_view::npos ||
        (!same_letters(rest.substr(0, scheme), "http") && !same_letters(rest.substr(0, scheme), "https")))
      return refuse("request target: neither a path nor an http address");
    rest.remove_prefix(scheme + 3);
    std::size_t end = std::min(rest.find_first_of("/?"), rest.size());
    std::string_view host = rest.substr(0, end);
    if (host.empty() || !is_host(host)) return refuse("request target: not a host and port");
    rest.remove_prefix(end);
    bool has_host = false;
    for (Header& header : request_.headers)
      if (same_letters(header.name, "host")) header.value = host, has_host = true;
    if (!has_host) request_.headers.push_back({"Host", host});
  }
  std::size_t mark = std::min(rest.find('?'), rest.size());
  request_.path = mark == 0 ? std::string_view("/") : rest.substr(0, mark);
  request_.query = mark == rest.size() ? std::string_view() : rest.substr(mark + 1);
  return true;
}

}  // namespace parley::http

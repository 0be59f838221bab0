// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rest/fault.hpp"

#include <algorithm>

#include "parley/codec/json/writer.hpp"
#include "parley/codec/xml/writer.hpp"
#include "parley/protocol/rest/reason.hpp"

namespace parley::rest {
namespace {

constexpr int status_least = 200, status_most = 599;

bool is_client_error(Code code) { return row(code).http_status < 500; }

/// 400 for what the caller did wrong, unless HTTP has a word of its own for it.
int status_of(const Error& error) {
  if (error.status != 0) return error.status >= status_least && error.status <= status_most ? error.status : 500;
  switch (error.code) {
    case Code::unknown_method:
    case Code::invalid_argument:
    case Code::rejected:
      return 400;
    default:
      return row(error.code).http_status;
  }
}

/// "p.inner.aint" of "p.inner[3].aint": lists and dicts add nothing.
std::string without_brackets(std::string_view path) {
  std::string plain;
  bool is_inside = false;
  for (char c : path) {
    if (c == '[') is_inside = true;
    if (!is_inside) plain += c;
    if (c == ']') is_inside = false;
  }
  return plain;
}

/// A name with brackets as dots: what the registry knows of "a[b].c" is that c is below b below a.
std::string with_dots(std::string_view name) {
  std::string plain;
  for (char c : name)
    if (c != ']') plain += c == '[' ? '.' : c;
  return plain;
}

/// Names as they were sent.
std::string as_sent(std::string_view names, const RestExchange* exchange) {
  std::string all;
  while (!names.empty()) {
    std::string_view name = names.substr(0, names.find(", "));
    names.remove_prefix(std::min(names.size(), name.size() + 2));
    if (exchange != nullptr && name.find_first_of(".[") != name.npos)
      for (std::string_view sent : exchange->field_names)
        if (with_dots(sent) == with_dots(name)) name = sent;
    all.append(all.empty() ? "" : ", ").append(name);
  }
  return all;
}

std::string unknown_text(const Error& error, const RestExchange* exchange) {
  if (error.where.empty()) return "Unknown argument: \"" + as_sent(error.value, exchange) + '"';
  const bool is_one = error.value.find(", ") == std::string::npos;
  return (is_one ? "Unknown attribute for argument " : "Unknown attributes for argument ") + without_brackets(error.where) +
         ": " + error.value;
}

std::string text_of(const Error& error, const RestExchange* exchange) {
  const bool is_member = error.where.find_first_of(".[") != std::string::npos;
  switch (error.rule) {
    case Rule::none:
      break;
    case Rule::missing:
      if (!is_member) return "Missing argument: \"" + error.expected + '"';
      return "Invalid input for field/attribute " + error.expected + ". Value: 'None'. Mandatory field missing.";
    case Rule::unknown:
      return unknown_text(error, exchange);
    case Rule::repeated:
      return "Parameter " + error.where + " was given several times";
    case Rule::not_dict:
      return "Request must be a JSON dict";
    case Rule::type:
    case Rule::least:
    case Rule::most:
    case Rule::size_least:
    case Rule::size_most:
    case Rule::pattern:
    case Rule::format:
    case Rule::choice:
    case Rule::read_only:
    case Rule::check:
      if (error.code == Code::invalid_argument) return invalid_input(error, exchange);
      break;
  }
  if (error.code == Code::unknown_method && error.status == 0 && exchange != nullptr)
    return "Unknown function name: " + exchange->target.shown;
  return error.message;
}

void put_element(std::string_view name, std::string_view text, Output& out) {
  out.put('<');
  out.put(name);
  if (text.empty()) return out.put(" />");
  out.put('>');
  xml::write_text(text, out);
  out.put("</");
  out.put(name);
  out.put('>');
}

}  // namespace

Fault fault_of(const Error& error, const RestExchange* exchange, const Options& options) {
  Fault fault;
  fault.status = status_of(error);
  fault.code = is_client_error(error.code) ? "Client" : "Server";
  if (error.status != 0 && !error.kind.empty()) fault.code = error.kind;
  fault.text = text_of(error, exchange);
  if (options.is_debug) fault.debuginfo = error.cause;
  if (fault.status == 405) fault.allow = error.hint;
  return fault;
}

void put_fault(const Fault& fault, Format format, Output& out) {
  if (format == Format::xml) {
    out.put("<error>");
    put_element("faultcode", fault.code, out);
    put_element("faultstring", fault.text, out);
    put_element("debuginfo", fault.debuginfo, out);
    return out.put("</error>");
  }
  json::Writer json(out, {.style = json::Style::python});
  json.begin_dict();
  json.key("faultcode");
  json.string(fault.code);
  json.key("faultstring");
  json.string(fault.text);
  json.key("debuginfo");
  if (fault.debuginfo.empty()) json.null();
  else json.string(fault.debuginfo);
  json.end_dict();
}

}  // namespace parley::rest

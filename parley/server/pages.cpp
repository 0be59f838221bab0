// SPDX-License-Identifier: Apache-2.0
#include "parley/server/pages.hpp"

namespace parley::server {
namespace {

void put_text(http::Writer& writer, int status, std::string_view text) {
  writer.start(status, "text/plain; charset=utf-8");
  writer.header("X-Content-Type-Options", "nosniff");
  writer.body().put(text);
}

std::string escape(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '&': out += "&amp;"; break;
      case '"': out += "&quot;"; break;
      default: out += c;
    }
  }
  return out;
}

std::string first_page(const Facts& facts, std::span<const std::unique_ptr<Protocol>> protocols) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Parley</title>"
      "<style>body{font:16px/1.5 sans-serif;max-width:48em;margin:2em auto;padding:0 1em}"
      "td,th{text-align:left;padding:.1em 1em .1em 0;vertical-align:top}</style></head><body>\n"
      "<h1>Parley</h1>\n<p>A business-object server, version " + escape(facts.version) + ".</p>\n";
  if (facts.has_default_password)
    out += "<p><strong>Log in as admin with the password admin, and change it.</strong></p>\n";
  out += "<h2>Databases</h2>\n<ul>\n";
  for (const std::string& name : facts.databases) out += "<li>" + escape(name) + "</li>\n";
  out += "</ul>\n<h2>Protocols</h2>\n<table><tr><th>protocol</th><th>path</th><th>verbs</th></tr>\n";
  for (const auto& protocol : protocols) {
    for (const Mount& mount : protocol->mounts()) {
      std::string verbs;
      for (const std::string& verb : mount.methods) verbs += (verbs.empty() ? "" : ", ") + verb;
      out += "<tr><td>" + escape(protocol->name()) + "</td><td>" + escape(mount.path) +
             (mount.match == Mount::Match::prefix ? "/..." : "") + "</td><td>" + escape(verbs) + "</td></tr>\n";
    }
  }
  return out + "</table>\n<p><a href=\"/healthz\">/healthz</a> tells whether the server is well.</p>\n</body></html>\n";
}

/// Whether the request comes from this machine and no proxy on it asks for somebody else.
bool is_local(const http::Request& request) {
  bool is_loopback = request.peer == "::1" || request.peer.starts_with("127.") || request.peer.starts_with("::ffff:127.");
  return is_loopback && !request.has_header("X-Forwarded-For") && !request.has_header("Forwarded");
}

}  // namespace

void Pages::answer(const http::Request& request, const Error& error,
                   std::span<const std::unique_ptr<Protocol>> protocols, http::Writer& writer) const {
  const bool is_page = request.path == "/" || request.path == "/healthz";
  if (!is_page) return put_text(writer, error.code == Code::not_found ? 404 : 400, error.message + "\n");
  if (request.method != "GET" && request.method != "HEAD") return refuse_verb("GET, HEAD", writer);
  if (request.path == "/healthz") return put_text(writer, 200, "ok\n");
  Facts facts = facts_ ? facts_() : Facts{};
  // How to get in is told to whoever is on this machine, not to the network.
  facts.has_default_password = facts.has_default_password && is_local(request);
  writer.start(200, "text/html; charset=utf-8");
  writer.header("X-Content-Type-Options", "nosniff");
  writer.header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
  writer.body().put(first_page(facts, protocols));
}

void Pages::refuse_verb(std::string_view allow, http::Writer& writer) const {
  writer.start(405, "text/plain; charset=utf-8");
  writer.header("Allow", allow);
  writer.body().put("this path takes " + std::string(allow) + "\n");
}

}  // namespace parley::server

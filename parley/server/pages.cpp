// SPDX-License-Identifier: Apache-2.0
#include "parley/server/pages.hpp"

#include "parley/server/page_files.hpp"

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

/// The databases and protocols of this server, for the page's last section.
std::string facts_html(const Facts& facts, std::span<const std::unique_ptr<Protocol>> protocols) {
  std::string out = "<p>Version " + escape(facts.version) + ".</p>\n";
  if (facts.has_default_password)
    out += "<p><strong>Log in as admin with the password admin, and change it.</strong></p>\n";
  out += "<h3>Databases</h3>\n<ul>\n";
  for (const std::string& name : facts.databases) out += "<li>" + escape(name) + "</li>\n";
  out += "</ul>\n<h3>Protocols</h3>\n<table><tr><th>protocol</th><th>path</th><th>verbs</th></tr>\n";
  for (const auto& protocol : protocols) {
    for (const Mount& mount : protocol->mounts()) {
      std::string verbs;
      for (const std::string& verb : mount.methods) verbs += (verbs.empty() ? "" : ", ") + verb;
      out += "<tr><td>" + escape(protocol->name()) + "</td><td>" + escape(mount.path) +
             (mount.match == Mount::Match::prefix ? "/..." : "") + "</td><td>" + escape(verbs) + "</td></tr>\n";
    }
  }
  return out + "</table>\n<p><a href=\"/healthz\">/healthz</a> tells whether the server is well.</p>\n";
}

/// `page` with `text` in the place of the comment that names it.
std::string filled(std::string page, std::string_view comment, std::string_view text) {
  std::size_t at = page.find(comment);
  PARLEY_ASSERT(at != page.npos);
  return page.replace(at, comment.size(), text);
}

std::string first_page(const Facts& facts, std::span<const std::unique_ptr<Protocol>> protocols) {
  constexpr std::string_view no_help = "The author of this service wrote none.";
  // The author's text comes last: what looks like a comment of ours in it stays text.
  std::string page = filled(page_files().at("index.html"), "<!-- facts -->", facts_html(facts, protocols));
  return filled(std::move(page), "<!-- about -->", escape(facts.about.empty() ? no_help : facts.about));
}

// No script but ours, none within the page; the forms may ask any server.
constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src http: https:; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
// Scripts of other servers run here: without an origin, so that nothing of ours is theirs.
constexpr std::string_view jsonp_policy =
    "sandbox allow-scripts; default-src 'none'; script-src http: https:; base-uri 'none'; frame-ancestors 'self'";

struct Kind {
  std::string_view ending, content_type;
};
constexpr Kind kinds[] = {{".html", "text/html; charset=utf-8"},
                          {".css", "text/css; charset=utf-8"},
                          {".js", "text/javascript; charset=utf-8"}};

/// A file of the explorer, or what index.html became.
void put_page(http::Writer& writer, std::string_view name, std::string_view bytes) {
  std::string_view content_type;
  for (const Kind& kind : kinds)
    if (name.ends_with(kind.ending)) content_type = kind.content_type;
  writer.start(200, content_type);
  writer.header("X-Content-Type-Options", "nosniff");
  writer.header("Cache-Control", "no-cache");
  writer.header("Referrer-Policy", "no-referrer");
  writer.header("Content-Security-Policy", name == "jsonp.html" ? jsonp_policy : page_policy);
  writer.body().put(bytes);
}

/// Whether the request comes from this machine and no proxy on it asks for somebody else.
bool is_local(const http::Request& request) {
  bool is_loopback = request.peer == "::1" || request.peer.starts_with("127.") || request.peer.starts_with("::ffff:127.");
  return is_loopback && !request.has_header("X-Forwarded-For") && !request.has_header("Forwarded");
}

}  // namespace

void Pages::answer(const http::Request& request, const Error& error,
                   std::span<const std::unique_ptr<Protocol>> protocols, http::Writer& writer) const {
  if (!has(request.path)) return put_text(writer, error.code == Code::not_found ? 404 : 400, error.message + "\n");
  if (request.method != "GET" && request.method != "HEAD") return refuse_verb("GET, HEAD", writer);
  if (request.path == "/healthz") return put_text(writer, 200, "ok\n");
  if (request.path != "/") {
    std::string_view name = request.path.substr(explorer_path.size());
    auto file = page_files().find(name);
    if (file == page_files().end() || name == "index.html") return put_text(writer, 404, "there is no such page\n");
    return put_page(writer, file->first, file->second);
  }
  Facts facts = facts_ ? facts_() : Facts{};
  // How to get in is told to whoever is on this machine, not to the network.
  facts.has_default_password = facts.has_default_password && is_local(request);
  put_page(writer, "index.html", first_page(facts, protocols));
}

void Pages::refuse_verb(std::string_view allow, http::Writer& writer) const {
  writer.start(405, "text/plain; charset=utf-8");
  writer.header("Allow", allow);
  writer.body().put("this path takes " + std::string(allow) + "\n");
}

}  // namespace parley::server

// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/xmlrpc/protocol.hpp"

#include "parley/protocol/held.hpp"
#include "parley/protocol/xmlrpc/client.hpp"
#include "parley/protocol/xmlrpc/fault.hpp"
#include "parley/protocol/xmlrpc/introspection.hpp"
#include "parley/protocol/xmlrpc/request.hpp"
#include "parley/protocol/xmlrpc/writer.hpp"

namespace parley {
namespace xmlrpc {
namespace {

constexpr std::string_view content_type = "text/xml; charset=utf-8";
constexpr std::string_view head = "<?xml version=\"1.0\"?>\n<methodResponse>\n";
constexpr std::string_view params_begin = "<params>\n<param>\n";
constexpr std::string_view params_end = "</param>\n</params>\n</methodResponse>\n";

class XmlRpc final : public Protocol {
 public:
  explicit XmlRpc(const ProtocolSettings& settings)
      : nulls_(settings.is_on("xmlrpc-none-is-fault") ? Nulls::are_refused : Nulls::as_nil) {
    auto add = [&](std::string path, Mount::Match match, Dialect dialect) {
      std::vector<std::string> methods{"POST"};
      // The original answers OPTIONS with a fault, as it does to an empty POST.
      if (dialect != Dialect::interop) methods.push_back("OPTIONS");
      mounts_.push_back({std::move(path), match, std::move(methods), static_cast<int>(dialect)});
    };
    add("/RPC2", Mount::Match::exact, Dialect::interop);
    add("/xmlrpc", Mount::Match::exact, Dialect::interop);
    for (std::string service : {"common", "object", "db"}) {
      add("/xmlrpc/2/" + service, Mount::Match::exact, Dialect::odoo);
      add("/xmlrpc/" + service, Mount::Match::exact, Dialect::legacy);
    }
    // Services that do not exist are a fault; /xmlrpc/2 alone is the older mount's service "2".
    add("/xmlrpc/2", Mount::Match::exact, Dialect::legacy);
    add("/xmlrpc/2", Mount::Match::prefix, Dialect::odoo);
    add("/xmlrpc", Mount::Match::prefix, Dialect::legacy);
  }

  std::string_view name() const override { return "xmlrpc"; }
  std::span<const Mount> mounts() const override { return mounts_; }

  Result<std::unique_ptr<Exchange>> read(const http::Request& request, const Reading& reading) const override {
    PARLEY_TRY(auto exchange, read_request(request, reading));
    return std::unique_ptr<Exchange>(std::move(exchange));
  }

  void write(const Exchange& exchange, Outcomes& outcomes, http::Writer& writer) const override {
    const auto& own = static_cast<const XmlRpcExchange&>(exchange);
    if (own.is_multicall) return write_many(own, outcomes, writer);
    if (own.slots[0]) return write_fault(*own.slots[0], own.dialect, 200, writer);
    Outcome outcome = outcomes.next();
    if (!outcome) return write_fault(outcome.error(), own.dialect, 200, writer);
    writer.start(200, content_type);
    Output& out = writer.body();
    out.put(head);
    out.put(params_begin);
    auto told = tell(*outcome, own.dialect, out);
    if (told) return out.put(params_end);
    // Too late for a fault once bytes are on their way.
    if (!writer.abandon()) write_fault(told.error(), own.dialect, 200, writer);
  }

  void refuse(const http::Request& request, const Mount& mount, const Error& error,
              http::Writer& writer) const override {
    Dialect dialect = dialect_of(mount);
    bool is_wrong_type = dialect == Dialect::interop && error.code == Code::unsupported_media &&
                         !is_readable_type(request, dialect);
    // Clients and proxies that know no fault heed Retry-After, which goes with the status.
    const bool has_status = is_wrong_type || error.code == Code::overloaded;
    write_fault(error, dialect, has_status ? row(error.code).http_status : 200, writer);
  }

  const Asking* client() const override { return &client_; }

 private:
  /// One <value>.
  /// fails:   what the rows failed with, or a value that XML-RPC cannot carry
  Result<void> tell(Answer& answer, Dialect dialect, Output& out) const {
    bool is_standard = dialect == Dialect::interop;
    ValueWriter sink(out, is_standard ? Style::standard : Style::odoo, is_standard ? Nulls::as_nil : nulls_);
    PARLEY_CHECK(parley::write(answer, sink));
    if (sink.failure()) return *std::move(sink.failure());
    return {};
  }

  /// system.multicall: each result is a list of one, each failure a fault. The failure of a result
  /// of which bytes have passed on is that of the whole answer.
  void write_many(const XmlRpcExchange& exchange, Outcomes& outcomes, http::Writer& writer) const {
    writer.start(200, content_type);
    Output& out = writer.body();
    out.put(head);
    out.put(params_begin);
    out.put("<value><array><data>\n");
    Held one(out);
    std::optional<Error> broken;
    for (const auto& slot : exchange.slots) {
      Outcome outcome = slot ? Outcome(*slot) : outcomes.next();
      if (broken) continue;  // its calls are made all the same
      Result<void> told;
      one.put("<value><array><data>");
      if (outcome) told = tell(*outcome, exchange.dialect, one);
      one.put("</data></array></value>\n");
      if (outcome && told) one.finish();
      else if (one.drop()) put_fault(outcome ? told.error() : outcome.error(), exchange.dialect, out);
      else broken = std::move(told).error();
    }
    if (broken) {
      if (!writer.abandon()) write_fault(*broken, exchange.dialect, 200, writer);
      return;
    }
    out.put("</data></array></value>");
    out.put(params_end);
  }

  static void put_fault(const Error& error, Dialect dialect, Output& out) {
    ValueWriter sink(out, Style::standard, Nulls::as_nil);
    tell_fault(error, dialect, sink);
  }

  static void write_fault(const Error& error, Dialect dialect, int status, http::Writer& writer) {
    writer.start(status, content_type);
    Output& out = writer.body();
    out.put(head);
    out.put("<fault>\n");
    put_fault(error, dialect, out);
    out.put("</fault>\n</methodResponse>\n");
  }

  Nulls nulls_;
  std::vector<Mount> mounts_;
  Client client_;
};

}  // namespace
}  // namespace xmlrpc

std::unique_ptr<Protocol> make_xmlrpc(const ProtocolSettings& settings) {
  return std::make_unique<xmlrpc::XmlRpc>(settings);
}

ProtocolEntry xmlrpc_entry() {
  static constexpr ProtocolSetting settings[] = {
      {"xmlrpc-none-is-fault", ProtocolSetting::Kind::yes_no, "no", "Answer a fault where XML-RPC would carry <nil/>."},
  };
  return {make_xmlrpc, settings, [](Catalog& catalog, std::string_view module, const Served& served) {
            return xmlrpc::add_introspection(catalog, module, served.functions);
          }};
}

}  // namespace parley

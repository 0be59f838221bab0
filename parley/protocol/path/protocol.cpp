// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/path/protocol.hpp"

#include "parley/protocol/path/asking.hpp"
#include "parley/protocol/path/errors.hpp"
#include "parley/protocol/path/request.hpp"
#include "parley/protocol/path/system.hpp"

namespace parley {
namespace path {
namespace {

Options options_of(const ProtocolSettings& settings) {
  Options options;
  options.prefix = settings.text("path-prefix");
  while (options.prefix.ends_with('/')) options.prefix.pop_back();
  if (!options.prefix.empty() && options.prefix[0] != '/') options.prefix.insert(0, "/");
  for (std::string_view origin : settings.list("cors-origins"))
    options.origins.emplace_back(origin);
  const std::string_view ok_only = settings.text("reply-ok-only");
  options.ok_only = ok_only == "both"      ? OkOnly::both
                    : ok_only == "no_data" ? OkOnly::no_data
                                           : OkOnly::http200;
  options.may_get_change = settings.is_on("path-get-changes");
  options.bson_bytes_max = static_cast<std::size_t>(settings.number("path-bson-bytes-max"));
  return options;
}

/// With a 405: the verbs that would do.
std::string_view allow_of(const Outcome& outcome, std::string_view verbs) {
  return !outcome && status_of(outcome.error()) == 405 ? verbs : std::string_view();
}

class PathRpc final : public Protocol {
 public:
  explicit PathRpc(const ProtocolSettings& settings)
      : options_(options_of(settings)),
        mounts_{{options_.prefix.empty() ? "/" : options_.prefix, Mount::Match::prefix, {}, 0}},
        multicall_(multicall_method()),
        asking_(Format::json, options_.prefix) {}

  std::string_view name() const override { return "path"; }
  std::span<const Mount> mounts() const override { return mounts_; }

  Result<std::unique_ptr<Exchange>> read(const http::Request& request,
                                         const Reading& reading) const override {
    PARLEY_TRY(auto exchange, read_request(request, reading, options_, multicall_));
    return std::unique_ptr<Exchange>(std::move(exchange));
  }

  void write(const Exchange& exchange, Outcomes& outcomes, http::Writer& writer) const override {
    const auto& own = static_cast<const PathExchange&>(exchange);
    if (own.is_options) return start_options(own.shape, allowed_verbs, writer);
    if (own.is_multicall) return write_many(own, outcomes, writer);
    Envelope envelope{own.slots.front().name, outcomes.next()};
    std::string_view allow = allow_of(envelope.outcome, "POST, OPTIONS");
    write_envelope(own.shape, std::move(envelope), writer, allow);
  }

  void refuse(const http::Request& request, const Mount&, const Error& error,
              http::Writer& writer) const override {
    // A shape that cannot be read is what the request is refused for.
    auto read = read_shape(request, options_, Limits());
    Shape shape = read ? std::move(*read) : shape_of(request, options_);
    if (!read) shape.format = Format::json;
    Envelope envelope{{}, Error(error)};
    std::string_view allow = allow_of(envelope.outcome, allowed_verbs);
    write_envelope(shape, std::move(envelope), writer, allow);
  }

  const Asking* client() const override { return &asking_; }

 private:
  static void write_many(const PathExchange& exchange, Outcomes& outcomes, http::Writer& writer) {
    std::size_t at = 0;
    auto next = [&]() -> std::optional<Envelope> {
      if (at == exchange.slots.size()) return {};
      const Slot& slot = exchange.slots[at++];
      if (slot.error) return Envelope{slot.name, Error(*slot.error)};
      return Envelope{slot.name, outcomes.next()};
    };
    write_envelopes(exchange.shape, multicall_name, next, writer);
  }

  Options options_;
  std::vector<Mount> mounts_;
  Method multicall_;
  PathAsking asking_;
};

}  // namespace
}  // namespace path

std::unique_ptr<Protocol> make_path(const ProtocolSettings& settings) {
  return std::make_unique<path::PathRpc>(settings);
}

ProtocolEntry path_entry() {
  using Kind = ProtocolSetting::Kind;
  static constexpr ProtocolSetting settings[] = {
      {"path-prefix", Kind::text, "/",
       "Path in front of the methods of path RPC: /rpc serves /rpc/<method>."},
      {"path-get-changes", Kind::yes_no, "yes",
       "Serve GET of methods that change something; no: 405."},
      {"reply-ok-only", Kind::text, "http200",
       "What the header Reply-OK-Only asks for: http200, no_data or both.", "http200, no_data, both"},
      {"cors-origins", Kind::list, "*",
       "Origins whose pages may call path RPC and read its answers; * = all."},
      {"path-bson-bytes-max", Kind::number, "16777216",
       "Bytes of an answer in BSON, whose length stands in front: it is whole before it leaves."},
  };
  return {make_path, settings, path::add_system_methods};
}

}  // namespace parley

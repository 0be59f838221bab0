// SPDX-License-Identifier: Apache-2.0
#include "parley/protocol/rest/format.hpp"

#include <array>
#include <charconv>
#include <vector>

#include "parley/http/media.hpp"

namespace parley::rest {
namespace {

struct Offer {
  std::string_view type;
  std::string_view content_type;
  Format format;
};
constexpr std::array<Offer, 5> offers{{
    {"application/json", "application/json; charset=UTF-8", Format::json},
    {"text/javascript", "text/javascript; charset=UTF-8", Format::json},
    {"application/javascript", "application/javascript; charset=UTF-8", Format::json},
    {"text/xml", "text/xml; charset=UTF-8", Format::xml},
    {"application/xml", "application/xml; charset=UTF-8", Format::xml},
}};

/// One range of an Accept header.
struct Range {
  std::string_view type;  // "text/xml", "text/*", "*/*"
  double weight = 1;
};

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// The part in front of `separator`; `rest` loses it and the separator.
std::string_view next_part(std::string_view& rest, char separator) {
  std::string_view part = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  return trimmed(part);
}

/// A weight that is no number counts as 0; other parameters do not count.
Range read_range(std::string_view text) {
  Range range{next_part(text, ';')};
  while (!text.empty()) {
    std::string_view parameter = next_part(text, ';');
    if (!parameter.starts_with("q=") && !parameter.starts_with("Q=")) continue;
    const char* end = parameter.data() + parameter.size();
    auto [stopped, failed] = std::from_chars(parameter.data() + 2, end, range.weight, std::chars_format::fixed);
    if (failed != std::errc{} || stopped != end || !(range.weight >= 0 && range.weight <= 1)) range.weight = 0;
  }
  return range;
}

std::vector<Range> read_accept(const http::Request& request) {
  std::vector<Range> ranges;
  for (const http::Header& header : request.headers) {
    if (!http::same_letters(header.name, "Accept")) continue;
    for (std::string_view rest = header.value; !rest.empty();) {
      Range range = read_range(next_part(rest, ','));
      if (range.type.find('/') != range.type.npos) ranges.push_back(range);
    }
  }
  return ranges;
}

/// How closely a range names a type: 3 by name, 2 type/*, 1 any, 0 not.
int closeness(std::string_view range, std::string_view type) {
  if (http::same_letters(range, type)) return 3;
  if (range == "*/*") return 1;
  std::string_view family = type.substr(0, type.find('/') + 1);
  return range.ends_with("/*") && http::same_letters(range.substr(0, range.size() - 1), family) ? 2 : 0;
}

/// The weight of the closest range; none when no range names it.
double weight_of(std::string_view type, std::span<const Range> ranges) {
  int closest = 0;
  double weight = 0;
  for (const Range& range : ranges) {
    int close = closeness(range.type, type);
    if (close > closest) weight = range.weight;
    closest = std::max(closest, close);
  }
  return weight;
}

/// The first of the best offers, of one format when it is known; null when none is allowed.
const Offer* best_offer(std::optional<Format> format, std::span<const Range> ranges) {
  const Offer* best = nullptr;
  double best_weight = 0;
  for (const Offer& offer : offers) {
    if (format && offer.format != *format) continue;
    double weight = weight_of(offer.type, ranges);
    if (weight > best_weight) best = &offer;
    best_weight = std::max(best_weight, weight);
  }
  return best;
}

Shape shape_of(const Offer& offer) { return {offer.format, offer.content_type}; }
Shape first_of(Format format) { return shape_of(offers[format == Format::json ? 0 : 3]); }

}  // namespace

std::optional<Format> format_of(std::string_view media_type) {
  for (const Offer& offer : offers)
    if (http::same_letters(offer.type, media_type)) return offer.format;
  return {};
}

Result<Shape> choose_shape(std::optional<Format> named, const http::Request& request) {
  const std::vector<Range> ranges = read_accept(request);
  if (!ranges.empty()) {
    if (const Offer* best = best_offer(named, ranges)) return shape_of(*best);
    if (!named)
      return Error(Code::not_acceptable,
                   "Unacceptable Accept type: " + std::string(request.header("Accept").substr(0, 200)) +
                       " not in ['application/json', 'text/javascript', 'application/javascript', 'text/xml']");
  }
  if (named) return first_of(*named);
  auto sent = http::parse_media_type(request.header("Content-Type"));
  auto format = sent ? format_of(sent->name) : std::nullopt;
  return first_of(format.value_or(Format::json));
}

}  // namespace parley::rest

// SPDX-License-Identifier: Apache-2.0
#include "parley/server/metrics.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>
#include <thread>

namespace parley::server {
namespace {

constexpr std::string_view call_seconds = "parley_call_seconds";

std::string key_of(std::string_view protocol, std::string_view model, std::string_view method) {
  std::string key;
  key.reserve(protocol.size() + model.size() + method.size() + 2);
  key.append(protocol).append(1, '\n').append(model).append(1, '\n').append(method);
  return key;
}

std::string number(double value) {
  char text[40];
  const bool is_plain = value == 0 || (value >= 1e-6 && value < 1e15);
  auto end = is_plain ? std::to_chars(text, text + sizeof text, value, std::chars_format::fixed)
                      : std::to_chars(text, text + sizeof text, value);
  return {text, end.ptr};
}

/// A value between the quotes of a label.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') out += "\\n";
    else out += c;
  }
  return out;
}

void put_head(Output& out, std::string_view name, std::string_view type, std::string_view help) {
  for (std::string_view part : {std::string_view("# HELP "), name, std::string_view(" "), help, std::string_view("\n# TYPE "), name,
                                std::string_view(" "), type, std::string_view("\n")})
    out.put(part);
}

void put_line(Output& out, std::string_view name, std::string_view labels, std::string_view value) {
  out.put(name);
  if (!labels.empty()) {
    out.put('{');
    out.put(labels);
    out.put('}');
  }
  out.put(' ');
  out.put(value);
  out.put('\n');
}

void put_gauges(std::span<const Gauge> gauges, Output& out) {
  std::string_view last;
  for (const Gauge& gauge : gauges) {
    if (gauge.name != last) put_head(out, gauge.name, gauge.is_total ? "counter" : "gauge", gauge.help);
    last = gauge.name;
    put_line(out, gauge.name, gauge.labels, number(gauge.value));
  }
}

}  // namespace

std::int64_t Metrics::now_seconds() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

Metrics::Shard& Metrics::own_shard() {
  return shards_[std::hash<std::thread::id>{}(std::this_thread::get_id()) % shards_.size()];
}

void Metrics::add(const CallSeen& call) {
  calls.fetch_add(1, std::memory_order_relaxed);
  if (call.failure) errors.fetch_add(1, std::memory_order_relaxed);
  auto bucket = static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), call.micros) - bounds.begin());
  const std::string key = key_of(call.protocol, call.model, call.method);
  Shard& shard = own_shard();
  std::lock_guard lock(shard.mutex);
  if (call.failure) ++shard.failures[static_cast<std::size_t>(*call.failure)];
  auto found = shard.series.find(key);
  if (found == shard.series.end()) {
    const bool is_full = shard.series.size() >= series_max;
    found = shard.series.try_emplace(is_full ? key_of(call.protocol, "", "other") : key).first;
    found->second.protocol = call.protocol;
    found->second.model = is_full ? std::string_view() : call.model;
    found->second.method = is_full ? std::string_view("other") : call.method;
  }
  Series& series = found->second;
  ++series.buckets[bucket];
  series.micros += static_cast<std::uint64_t>(call.micros);
  series.retries += static_cast<std::uint64_t>(call.tries - 1);
}

void Metrics::tell(std::span<const Gauge> gauges, Output& out) const {
  std::map<std::string, Series> all;
  std::array<std::uint64_t, 32> failures{};
  for (const Shard& shard : shards_) {
    TextMap<Series> copied;
    {
      std::lock_guard lock(shard.mutex);
      copied = shard.series;
      for (std::size_t i = 0; i < failures.size(); ++i) failures[i] += shard.failures[i];
    }
    for (const auto& [key, series] : copied) {
      auto [place, is_new] = all.try_emplace(key, series);
      if (is_new) continue;
      for (std::size_t i = 0; i < series.buckets.size(); ++i) place->second.buckets[i] += series.buckets[i];
      place->second.micros += series.micros;
      place->second.retries += series.retries;
    }
  }

  put_head(out, call_seconds, "histogram", "Time of calls, from credentials to the commit.");
  std::string retries;
  for (const auto& [key, series] : all) {
    std::string labels = "protocol=\"" + escaped(series.protocol) + "\",model=\"" + escaped(series.model) + "\",method=\"" +
                         escaped(series.method) + "\"";
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < series.buckets.size(); ++i) {
      count += series.buckets[i];
      std::string bound = i < bounds.size() ? number(static_cast<double>(bounds[i]) / 1e6) : "+Inf";
      put_line(out, std::string(call_seconds).append("_bucket"), labels + ",le=\"" + bound + "\"", std::to_string(count));
    }
    put_line(out, std::string(call_seconds).append("_sum"), labels, number(static_cast<double>(series.micros) / 1e6));
    put_line(out, std::string(call_seconds).append("_count"), labels, std::to_string(count));
    if (series.retries > 0) retries += "parley_call_retries_total{" + labels + "} " + std::to_string(series.retries) + "\n";
  }
  put_head(out, "parley_call_retries_total", "counter", "Calls run once more because the database had changed.");
  out.put(retries);
  put_head(out, "parley_call_failures_total", "counter", "Calls that ended with an error, by its code.");
  for (const ErrorRow& row : error_table())
    put_line(out, "parley_call_failures_total", "code=\"" + std::string(row.name) + "\"",
             std::to_string(failures[static_cast<std::size_t>(row.code)]));
  put_gauges(gauges, out);
}

}  // namespace parley::server

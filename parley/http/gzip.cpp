// SPDX-License-Identifier: Apache-2.0
#include "parley/http/gzip.hpp"

#include <zlib.h>

#include "parley/core/error.hpp"
#include "parley/http/media.hpp"

namespace parley::http {
namespace {

constexpr std::size_t piece_bytes = 16 * 1024;
constexpr int level = 1;             // of 9: most of the gain for a third of the time
constexpr int gzip_window = 15 + 16; // the largest window, in the gzip format

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Whether the weight behind "gzip;q=" is above 0; without one it is 1.
bool has_weight(std::string_view parameters) {
  std::size_t q = std::min(parameters.find("q="), parameters.find("Q="));
  if (q == parameters.npos) return true;
  return parameters.substr(q + 2).find_first_of("123456789") != std::string_view::npos;
}

bool gets_smaller(std::string_view content_type) {
  auto type = parse_media_type(content_type);
  if (!type) return false;
  std::string_view name = type->name;
  auto ends_with = [name](std::string_view end) {
    return name.size() > end.size() && same_letters(name.substr(name.size() - end.size()), end);
  };
  return (name.size() > 5 && same_letters(name.substr(0, 5), "text/")) || ends_with("/json") || ends_with("+json") ||
         ends_with("/xml") || ends_with("+xml") || ends_with("javascript") || ends_with("/bson");
}

}  // namespace

bool accepts_gzip(const Request& request) {
  bool takes_any = false;
  for (std::string_view rest = request.header("Accept-Encoding"); !rest.empty();) {
    std::string_view item = rest.substr(0, rest.find(','));
    rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    std::string_view name = trim(item.substr(0, item.find(';')));
    if (same_letters(name, "gzip") || same_letters(name, "x-gzip")) return has_weight(item);
    if (name == "*") takes_any = has_weight(item);
  }
  return takes_any;
}

/// Holds the first bytes; from `bytes_min` on compresses in pieces.
class GzipWriter::Body final : public Output {
 public:
  Body(GzipWriter& writer, std::size_t bytes_min) : writer_(writer), bytes_min_(std::max<std::size_t>(bytes_min, 4096)) {}
  Body(const Body&) = delete;
  Body& operator=(const Body&) = delete;
  ~Body() override {
    if (is_compressing_) deflateEnd(&stream_);
  }

  std::string_view held() const { return {held_.data(), at_ == nullptr ? 0 : static_cast<std::size_t>(at_ - held_.data())}; }
  /// As if nothing had been written.
  void restart() {
    if (is_compressing_) deflateEnd(&stream_);
    is_compressing_ = false;
    is_open_ = true;
    clear();
  }
  void end() {
    if (is_compressing_) return deflate_held(Z_FINISH);
    writer_.inner_.body().put(held());
    clear();
  }

 private:
  void clear() { at_ = held_.data(), end_ = held_.data() + held_.size(); }

  void make_room(std::size_t) override {
    if (held_.empty()) {
      held_.resize(bytes_min_);
      return clear();
    }
    if (!writer_.is_head_passed_) begin();
    if (is_compressing_) {
      deflate_held(Z_NO_FLUSH);
    } else {
      writer_.inner_.body().put(held());
    }
    clear();
    is_open_ = writer_.inner_.body().is_open();
  }

  void begin() {
    is_compressing_ = writer_.is_text_ &&
                      deflateInit2(&stream_, level, Z_DEFLATED, gzip_window, 8, Z_DEFAULT_STRATEGY) == Z_OK;
    if (is_compressing_ && piece_.empty()) piece_.resize(piece_bytes);
    writer_.pass_head(is_compressing_);
  }

  void deflate_held(int flush) {
    std::string_view input = held();
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream_.avail_in = static_cast<uInt>(input.size());
    int state = Z_OK;
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(piece_.data());
      stream_.avail_out = static_cast<uInt>(piece_.size());
      state = deflate(&stream_, flush);
      PARLEY_ASSERT(state != Z_STREAM_ERROR);
      writer_.inner_.body().put(std::string_view(piece_.data(), piece_.size() - stream_.avail_out));
    } while (stream_.avail_out == 0 || (flush == Z_FINISH && state != Z_STREAM_END));
  }

  GzipWriter& writer_;
  const std::size_t bytes_min_;
  std::string held_, piece_;
  z_stream stream_{};
  bool is_compressing_ = false;
};

GzipWriter::GzipWriter(Writer& inner, std::size_t bytes_min)
    : inner_(inner), body_(std::make_unique<Body>(*this, bytes_min)) {}

GzipWriter::~GzipWriter() = default;

void GzipWriter::start(int status, std::string_view content_type) {
  inner_.start(status, content_type);
  status_ = status;
  is_text_ = gets_smaller(content_type);
}

void GzipWriter::header(std::string_view name, std::string_view value) {
  if (same_letters(name, "Content-Encoding")) is_text_ = false;  // it has one already
  inner_.header(name, value);
}

Output& GzipWriter::body() { return *body_; }

// A cache must know that answers differ by what was asked, whichever it got.
void GzipWriter::pass_head(bool is_compressed) {
  is_head_passed_ = true;
  if (is_text_) inner_.header("Vary", "Accept-Encoding");
  if (is_compressed) inner_.header("Content-Encoding", "gzip");
}

bool GzipWriter::abandon() {
  if (inner_.abandon()) return true;
  body_->restart();
  is_head_passed_ = false;
  return false;
}

void GzipWriter::finish() {
  if (status_ == 0) return;  // nobody answered
  if (!is_head_passed_) pass_head(false);
  body_->end();
}

}  // namespace parley::http

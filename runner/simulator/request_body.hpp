// The body of a request as the server receives it: in memory, or on disk when it may be a large
// file.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "runner/simulator/files/form_spool.hpp"

namespace batchmill::simulator_detail {

inline constexpr std::uint64_t largest_body = 64u << 20;
inline constexpr std::uint64_t largest_file_body = (512u << 20) + (1u << 20);  // with its form

/// Does the request bring a file, or a part of one?
bool brings_file(std::string_view method, std::string_view target);

/// What Beast's parser fills.
struct request_body {
  struct value_type {
    std::string text;
    std::unique_ptr<form_spool> spool;  // instead, for requests that bring a file
  };

  class reader {
   public:
    // Beast asks that answers could be read, too; they are not.
    template <bool IsRequest, class Fields>
    reader(boost::beast::http::header<IsRequest, Fields>& head, value_type& body) : body_(body) {
      if constexpr (IsRequest) {
        const auto text = [](boost::beast::string_view s) {
          return std::string_view(s.data(), s.size());
        };
        if (!brings_file(text(head.method_string()), text(head.target()))) return;
        const auto type = text(head[boost::beast::http::field::content_type]);
        body_.spool = std::make_unique<form_spool>(boundary_of(type));
      }
    }

    void init(const boost::optional<std::uint64_t>& length, boost::system::error_code& ec) {
      ec = {};
      left_ = body_.spool ? largest_file_body : largest_body;
      if (length && *length > left_) ec = boost::beast::http::error::body_limit;
      if (!ec && length && !body_.spool) body_.text.reserve(static_cast<std::size_t>(*length));
    }

    template <class Buffers>
    std::size_t put(const Buffers& buffers, boost::system::error_code& ec) {
      std::size_t size = 0;
      for (const boost::asio::const_buffer part : boost::beast::buffers_range_ref(buffers)) {
        take({static_cast<const char*>(part.data()), part.size()}, ec);
        if (ec) return size;
        size += part.size();
      }
      return size;
    }

    void finish(boost::system::error_code& ec) { ec = {}; }

   private:
    void take(std::string_view bytes, boost::system::error_code& ec);

    value_type& body_;
    std::uint64_t left_ = 0;
  };
};

}  // namespace batchmill::simulator_detail

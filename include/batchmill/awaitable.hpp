// The one coroutine type of the project: everything runs on a single-threaded io_context.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

namespace batchmill {

using executor = boost::asio::io_context::executor_type;

/// A coroutine of the engine. The executor is concrete, which spares a virtual call per operation.
template <class T>
using awaitable = boost::asio::awaitable<T, executor>;

}  // namespace batchmill

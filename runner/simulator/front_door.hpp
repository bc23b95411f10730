// What every request is asked before an endpoint sees it: its route, its key, its content type.
#pragma once

#include <string_view>

#include "runner/simulator/address.hpp"
#include "runner/simulator/api_error.hpp"
#include "runner/simulator/exchange.hpp"
#include "runner/simulator/routes.hpp"

namespace batchmill::simulator_detail {

/// Is there an endpoint for the request?
refusal check_route(const route_match& match, std::string_view method, const address& where);

/// The key that came with the request; empty when none did. Azure has a header of its own for it,
/// but a token in the usual one wins.
std::string_view key_of(const sim_request& request, const address& where);

/// `wanted` empty: any key will do.
refusal check_key(const sim_request& request, const address& where, std::string_view wanted);

bool is_json(std::string_view content_type);
bool is_form(std::string_view content_type);
api_error wrong_content_type(std::string_view given, route_kind kind);
api_error bad_json();

}  // namespace batchmill::simulator_detail

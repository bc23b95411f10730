// /v1/files: files come, are listed and shown, go out whole or in ranges, and are deleted.
#pragma once

#include <cstdint>

#include "runner/simulator/endpoint.hpp"
#include "runner/simulator/files/file_store.hpp"

namespace batchmill::simulator_detail {

/// May a file of this name and size serve this purpose?
refusal check_file(std::string_view purpose, std::string_view filename, std::uint64_t size);

/// What lasts how long when nothing is said.
double default_lifetime(std::string_view purpose);

admission_result create_file(const call& c, file_store& files);
admission_result list_files(const call& c, file_store& files);
admission_result show_file(const call& c, file_store& files);
admission_result delete_file(const call& c, file_store& files);

/// While `to_break` is not 0, downloads end in the middle and lessen it.
admission_result file_content_of(const call& c, file_store& files, std::uint64_t& to_break);

/// The content of a form's part, brought to disk if it is not there yet.
file_content take_content(const form_part& part);

/// A 404 for an id.
api_error no_such_object(std::string_view kind, std::string_view id);

/// A promise to answer with what `make` makes.
admission answer_with(std::function<reply()> make);

}  // namespace batchmill::simulator_detail

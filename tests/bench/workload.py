"""The rows of the measurements of speed, and the job that asks them."""
import json

SYSTEM = "You sort tickets of a help desk. Answer in one sentence that says what the customer asks for."
TEXT = ("The invoice of last month shows the old address although I changed it twice in the settings. "
        "Please correct it and send the document again, our accounting needs it before Friday.")


def write_rows(path, count):
    with open(path, "w", encoding="utf-8") as file:
        for n in range(count):
            file.write(json.dumps({"id": f"row-{n}", "text": f"Ticket {n}. {TEXT}"}) + "\n")


def write_bodies(path, count):
    """The requests that become of the rows."""
    with open(path, "w", encoding="utf-8") as file:
        for n in range(count):
            messages = [{"role": "system", "content": SYSTEM},
                        {"role": "user", "content": f"Ticket {n}. {TEXT}"}]
            file.write(json.dumps({"messages": messages, "max_tokens": 100, "model": "gpt-4o-mini"},
                                  separators=(",", ":")) + "\n")


def write_job(folder, base_url, concurrency, rows="rows.jsonl", more=""):
    path = folder / "job.yaml"
    path.write_text(f"""input:
  path: {rows}
  id: id
model: gpt-4o-mini
template: {{messages: [{{role: system, content: "{SYSTEM}"}}, {{role: user, content: "{{{{ text }}}}"}}], max_tokens: 100}}
output:
  path: results.jsonl
api: {{base_url: "{base_url}"}}
limits: {{concurrency: {concurrency}{more}}}
""")
    return path

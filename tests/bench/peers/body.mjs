// The request that every client sends for a row.
export const SYSTEM =
  "You sort tickets of a help desk. Answer in one sentence that says what the customer asks for.";

export function bodyOf(row) {
  return {
    messages: [{ role: "system", content: SYSTEM }, { role: "user", content: row.text }],
    max_tokens: 100, model: "gpt-4o-mini",
  };
}

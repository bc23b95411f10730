"""aiohttp in the cookbook's manner: a task a row, as many at a time as a semaphore allows, answers
appended as they come.

    aiohttp_loop.py BASE_URL ROWS OUTPUT CONCURRENCY
"""
import asyncio
import json
import sys

import aiohttp

SYSTEM = "You sort tickets of a help desk. Answer in one sentence that says what the customer asks for."


async def ask(session, url, row, free, out):
    body = {"messages": [{"role": "system", "content": SYSTEM}, {"role": "user", "content": row["text"]}],
            "max_tokens": 100, "model": "gpt-4o-mini"}
    try:
        async with session.post(url, json=body, headers={"Authorization": "Bearer any"}) as answer:
            content = await answer.json()
        out.write(json.dumps({"custom_id": row["id"], "response": content}) + "\n")
    finally:
        free.release()


async def main():
    base, rows, output, concurrency = sys.argv[1:]
    free = asyncio.Semaphore(int(concurrency))
    tasks = set()
    connector = aiohttp.TCPConnector(limit=int(concurrency), ssl=False)
    with open(rows, encoding="utf-8") as lines, open(output, "w", encoding="utf-8") as out:
        async with aiohttp.ClientSession(connector=connector) as session:
            for line in lines:
                await free.acquire()
                task = asyncio.create_task(
                    ask(session, base + "/chat/completions", json.loads(line), free, out))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            await asyncio.gather(*tasks)


asyncio.run(main())

"""Fetches pages, a few at once."""

import asyncio
import re
import urllib.request
from urllib.parse import urljoin, urlsplit

LINK = re.compile(r'href="([^"#]+)')


class Crawler:
    def __init__(self, start, limit=10):
        self.start = start
        self.limit = limit
        self.seen = set()
        self.queue = None
        self._cache = {}

    async def run(self):
        self.queue = asyncio.Queue()
        await self.queue.put(self.start)
        workers = [asyncio.create_task(self.work()) for _ in range(3)]
        await self.queue.join()
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        return sorted(self.seen)

    async def work(self):
        while True:
            url = await self.queue.get()
            try:
                if url not in self.seen and len(self.seen) < self.limit:
                    self.seen.add(url)
                    for link in await asyncio.to_thread(self.links, url):
                        self.queue.put_nowait(link)
            finally:
                self.queue.task_done()

    def links(self, url):
        if url not in self._cache:
            with urllib.request.urlopen(url, timeout=10) as response:
                text = response.read().decode("utf-8", "replace")
            self._cache[url] = [urljoin(url, found) for found in LINK.findall(text)]
        host = urlsplit(self.start).netloc
        return [link for link in self._cache[url] if urlsplit(link).netloc == host]


def main(url="https://example.org/"):
    return asyncio.run(Crawler(url).run())

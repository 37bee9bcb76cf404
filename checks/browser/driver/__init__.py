"""What runs beside the browser, in its sandbox: it opens pages, plays scenarios, and writes down what it saw.

It is sent there as files, and imports nothing of the rest of this package. The pages are hostile: whatever they do is
bounded in time and number, and what is written is a report line by line, so that an early end loses only what follows.
"""

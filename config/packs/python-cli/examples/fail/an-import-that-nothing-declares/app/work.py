import importlib

import requests

print(requests.get("https://example.org", timeout=5), importlib.import_module("rich.console"))

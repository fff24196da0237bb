"""The top floor: the console, and the place where all parts are put together (settings, urls, servers)."""

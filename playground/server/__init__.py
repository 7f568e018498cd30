"""The server: warm-up, headers and compression."""

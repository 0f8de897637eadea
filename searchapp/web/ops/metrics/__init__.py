"""Prometheus metrics of all processes of a server: never a word of a query, nor an address."""

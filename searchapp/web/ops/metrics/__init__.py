"""What the server has done, in numbers that an operator's Prometheus reads: never a word of a query, nor an address.

table.py       numbers that processes add to together
counts.py      which numbers there are
recording.py   what each request adds
exposition.py  the text of all of them; the only module that knows the client library
scraping.py    `GET /metrics`
"""
